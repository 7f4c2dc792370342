import type { PersistedLane, PersistenceStore, RunFunction } from "@executus/lane/persisted";
import type { Journal } from "../ledger/journal.ts";
import type { Random } from "../plan/random.ts";
import type { WorkerOrder } from "../plan/worker-order.ts";
import type { CrashPoints } from "./crash-points.ts";

/** All that the parts of a worker share. */
export interface World {
  readonly order: WorkerOrder;
  readonly random: Random;
  readonly journal: Journal;
  readonly points: CrashPoints;
  readonly lane: PersistedLane;
  /** Beside the crash points, for questions that no lane asks. */
  readonly store: PersistenceStore;
  /** What the job of that id does: the same for whoever submits it and for whoever finds its row. */
  readonly code: (jobId: string) => RunFunction;
  readonly close: () => Promise<void>;
}
