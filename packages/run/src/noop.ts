import { requireFunction } from "./check-options.ts";
import type { Progress, Snapshot } from "./progress.ts";

const nothing: Snapshot = Object.freeze({
  nodeId: "",
  name: "",
  kind: "run",
  status: "done",
  elapsedMs: 0,
  children: Object.freeze([]),
  hidden: 0,
  failed: 0,
});

/** A class, whose methods engines compile into their callers; those of a frozen object of functions are called. */
class Noop implements Progress {
  readonly rootId = "";
  readonly nodeId = "";
  readonly ended = true;

  phase(): void {}

  update(): void {}

  add(): void {}

  note(): void {}

  async step<T>(_name: string, work: (progress: Progress) => T | Promise<T>): Promise<T> {
    requireFunction(work, "Cannot run step: 'work'");
    return await work(this);
  }

  child(): Progress {
    return this;
  }

  merge(): void {}

  end(): void {}

  snapshot(): Snapshot {
    return nothing;
  }
}

/** A progress that tells nobody: `step` still runs its work, `child` is `noop` again. */
export const noop: Progress = Object.freeze(new Noop());

/** The progress that was passed, or `noop`: for functions that take one optionally. */
export function from(progress: Progress | undefined): Progress {
  return progress ?? noop;
}
