import { requireFunction } from "./check-options.ts";
import type { Progress, StepOptions } from "./progress.ts";

/** Runs `work` in a child of `parent` that ends with it, whatever its outcome. */
export async function runStep<T>(
  parent: Progress,
  name: string,
  work: (progress: Progress) => T | Promise<T>,
  options: StepOptions,
): Promise<T> {
  requireFunction(work, "Cannot run step: 'work'");
  const child = parent.child(name, options);
  try {
    const value = await work(child);
    child.end();
    return value;
  } catch (error) {
    const aborted = (error as { readonly name?: unknown } | null | undefined)?.name === "AbortError";
    child.end(aborted ? "cancelled" : "failed");
    throw error;
  }
}
