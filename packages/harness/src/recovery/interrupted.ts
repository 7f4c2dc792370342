import { HarnessError } from "../errors.ts";

/** Of a run whose process ended while it ran. */
export function interrupted(agent: string): HarnessError {
  return new HarnessError(
    "HARNESS_INTERRUPTED",
    `Agent "${agent}" was interrupted when its process ended: ask again`,
  );
}

/** Of what belonged to such a run. */
export function parentInterrupted(runId: string): HarnessError {
  return new HarnessError(
    "HARNESS_PARENT_INTERRUPTED",
    `Job "${runId}" was part of a run that was interrupted`,
  );
}
