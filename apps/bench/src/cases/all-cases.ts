import type { Case } from "../measure/case.ts";
import { attachCase } from "./attach.ts";
import { burstCase } from "./burst.ts";
import { burstCallersCase } from "./burst-callers.ts";
import { burstPlainCase } from "./burst-plain.ts";
import { burstPrioritiesCase } from "./burst-priorities.ts";
import { cancelCase } from "./cancel.ts";
import { clusterBacklogCase, clusterCase, clusterScalingCase } from "./cluster.ts";
import { closedLoopCase } from "./closed-loop.ts";
import { configGetCase, configReloadCase } from "./config.ts";
import { durableEnqueueCase } from "./durable-enqueue.ts";
import { durableGrowthCase } from "./durable-growth.ts";
import { durableIdleCase } from "./durable-idle.ts";
import { durablePostgresCase } from "./durable-postgres.ts";
import { durablePowerCase } from "./durable-power.ts";
import { durableProcessCase } from "./durable-process.ts";
import { durableRecoveryCase } from "./durable-recovery.ts";
import { fairnessCase } from "./fairness.ts";
import { fanoutGlobalCase } from "./fanout-global.ts";
import { fanoutMakespanCase } from "./fanout-makespan.ts";
import { fanoutPerKeyCase } from "./fanout-per-key.ts";
import { fanoutStreamCase } from "./fanout-stream.ts";
import { fileNameCase } from "./file-name.ts";
import { growthCase } from "./growth.ts";
import { guardCase } from "./guard.ts";
import { guardCheckCase } from "./guard-check.ts";
import { guardHeapCase } from "./guard-heap.ts";
import { guardLeaseCase } from "./guard-lease.ts";
import { heapCase } from "./heap.ts";
import { harnessCase } from "./harness.ts";
import { harnessSqliteCase } from "./harness-sqlite.ts";
import { heapSignalCase } from "./heap-signal.ts";
import { identityCase } from "./identity.ts";
import { idleCase } from "./idle.ts";
import { outboxCase } from "./outbox.ts";
import { outboxPostgresCase } from "./outbox-postgres.ts";
import { outboxSqliteCase } from "./outbox-sqlite.ts";
import { placementCases } from "./placement.ts";
import { progressCase, snapshotCase } from "./progress.ts";
import { sharedSignalCase } from "./shared-signal.ts";
import { splitTextCase } from "./split-text.ts";

/** Every case, in the order in which they are measured. */
export const allCases: readonly Case[] = [
  burstCase,
  burstPlainCase,
  burstPrioritiesCase,
  burstCallersCase,
  closedLoopCase,
  idleCase,
  fairnessCase,
  cancelCase,
  sharedSignalCase,
  ...placementCases,
  heapCase,
  heapSignalCase,
  growthCase,
  fanoutGlobalCase,
  fanoutPerKeyCase,
  fanoutMakespanCase,
  fanoutStreamCase,
  guardCase,
  guardCheckCase,
  guardHeapCase,
  guardLeaseCase,
  harnessCase,
  harnessSqliteCase,
  durableProcessCase,
  durablePowerCase,
  durablePostgresCase,
  durableIdleCase,
  durableEnqueueCase,
  durableGrowthCase,
  durableRecoveryCase,
  clusterCase,
  clusterBacklogCase,
  clusterScalingCase,
  identityCase,
  attachCase,
  fileNameCase,
  configGetCase,
  configReloadCase,
  splitTextCase,
  outboxCase,
  progressCase,
  snapshotCase,
  outboxSqliteCase,
  outboxPostgresCase,
];

/** @throws {RangeError} if there is no case of that name. */
export function findCase(name: string): Case {
  const found = allCases.find((each) => each.name === name);
  if (found) return found;
  const names = allCases.map((each) => each.name).join(", ");
  throw new RangeError(`Cannot measure "${name}": there is no such case, only ${names}`);
}
