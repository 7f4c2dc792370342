import { setTimeout as sleep } from "node:timers/promises";
import { isInterrupted } from "../ledger/audit.ts";
import type { Stage } from "../parent/stage.ts";
import { laneName } from "../plan/worker-order.ts";
import { openStore } from "../worker/open-store.ts";

const count = 8;
/** What a busy machine may take longer than the clock of the lease says. */
const slackMs = 10_000;

/** One of two processes is killed: the other one takes over what it had, without being started anew. */
export async function takeover(stage: Stage): Promise<void> {
  const { leaseMs, maxConcurrent } = stage.lane;
  const first = stage.start("a", { kind: "batch", count }, { workUntil: stage.fileOf("never") });
  await stage.noted("a", "accepted", count);
  await stage.noted("a", "started", maxConcurrent);
  const second = stage.start("b", { kind: "drain" });
  await stage.noted("b", "recovered");
  first.kill();
  const tookMs = await timeToTakeOver(stage);
  const boundMs = leaseMs + leaseMs / 3;
  if (tookMs > boundMs + slackMs) stage.faults.push(`taken over after ${tookMs} ms, and not ${boundMs}`);
  await second.ended;
  const interrupted = [...(await stage.rows()).values()].filter(isInterrupted).length;
  const ran = stage.entriesOf("b").filter(({ word }) => word === "started").length;
  if (interrupted !== maxConcurrent || ran !== count - maxConcurrent)
    stage.faults.push(`${interrupted} jobs interrupted and ${ran} run by the second process`);
  stage.notes.push(`taken over after ${tookMs} ms (a lease of ${leaseMs} and a check of ${leaseMs / 3})`);
}

/** Until no row is the first one's any more, in milliseconds. */
async function timeToTakeOver(stage: Stage): Promise<number> {
  const killedAt = performance.now();
  const { store, close } = await openStore(stage.address);
  const owner = [...(await stage.rows()).values()][0]?.owner ?? "";
  for (;;) {
    const queued = await store.listQueuedJobs(laneName, { owner });
    const running = await store.listRunningJobs(laneName, { owner });
    if (queued.length + running.length === 0) break;
    await sleep(5);
  }
  await close();
  return Math.round(performance.now() - killedAt);
}
