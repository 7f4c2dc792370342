/// <reference lib="esnext.disposable" preserve="true" />
import type { Logger } from "../internal/logger.ts";
import type { Lane } from "../lane.ts";
import type { PersistedEvent } from "./persisted-events.ts";
import type { JobRow } from "./persistence-store.ts";
import type { Reconstruct, RecoveryReport } from "./recovery.ts";

export interface PersistOptions {
  /**
   * Builds the code of a job again from its row: by `name` and `metadata`, since a function cannot be stored. What throws,
   * gives nothing, or takes longer than `reconstructTimeoutMs` fails that job only. @default nothing can be built again
   */
  readonly reconstruct?: Reconstruct | undefined;
  /** How long `reconstruct` may take for one job, in milliseconds. @default 10_000 */
  readonly reconstructTimeoutMs?: number | undefined;
  /**
   * What becomes of a job whose process died while it ran. `"requeue"` starts it once more: only for work that may be done
   * twice. @default "fail" for all
   */
  readonly onInterrupted?: ((row: JobRow) => "fail" | "requeue") | undefined;
  /** How often a job may be queued again before it fails after all. @default 3 */
  readonly maxInterruptions?: number | undefined;
  /** After so long without a sign of life a process counts as dead, in milliseconds. @default 10_000 */
  readonly leaseMs?: number | undefined;
  /** How long a call of the store is repeated before it counts as unanswered, in milliseconds. @default 10_000 */
  readonly storeTimeoutMs?: number | undefined;
  readonly onEvent?: ((event: PersistedEvent) => unknown) | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * A lane whose jobs are stored before they are accepted.
 *
 * At most one start per accepted job across crashes; queued jobs survive; running jobs are failed as interrupted with their
 * metadata, and only the caller may resubmit.
 */
export interface PersistedLane extends Lane {
  /**
   * Takes over what dead processes left, and reports it. Resolves when it is known of every other process whether it lives:
   * at once if there is none, within `leaseMs` and a check if one died. New jobs can be submitted meanwhile. What dies later
   * is taken over without being asked.
   */
  recover(): Promise<RecoveryReport>;
}
