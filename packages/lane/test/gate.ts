import type { Job, Lane } from "../src/index.ts";

/** A job that the test ends by hand, and that tells whether its code runs. */
export interface Gate {
  readonly state: { entered: boolean; signal: AbortSignal | undefined };
  readonly result: Promise<string>;
  finish(): void;
  fail(reason: unknown): void;
}

export function gate(lane: Lane, id: string, job: Partial<Job<string>> = {}): Gate {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const state: Gate["state"] = { entered: false, signal: undefined };
  const result = lane.submitWait({
    id,
    ...job,
    run: ({ signal }) => {
      state.entered = true;
      state.signal = signal;
      return promise;
    },
  });
  result.catch(() => {});
  return { state, result, finish: () => resolve(id), fail: reject };
}

/** Lets everything that is ready happen. */
export function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
