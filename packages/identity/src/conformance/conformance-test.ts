/** The `test` of a test runner: of vitest, node:test or jest. */
export type ConformanceTest = (title: string, run: () => Promise<void>) => unknown;
