/**
 * The rules of oxlint whose faults have one obvious remedy, in place and small: an explicit list, so that a new version of
 * oxlint mends nothing that nobody has looked at. None of them needs types.
 */
export const mendableRules: readonly string[] = [
  "no-debugger",
  "no-unsafe-negation",
  "use-isnan",
  "valid-typeof",
  "jest/no-focused-tests",
  "node/no-exports-assign",
  "promise/no-new-statics",
  "vitest/no-focused-tests",
];

/** Of markdownlint: brackets in the wrong order, and a fragment in the wrong case. */
const mendableMarkdown = ["MD011", "MD051"];

const mendable: ReadonlySet<string> = new Set([
  ...mendableRules.map((name) => `oxlint/${name}`),
  ...mendableMarkdown.map((name) => `markdownlint/${name}`),
]);

/** Returns if an analyser can mend what it reports under this name. */
export function isMendable(rule: string): boolean {
  return mendable.has(rule);
}
