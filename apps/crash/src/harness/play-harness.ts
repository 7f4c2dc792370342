import { join } from "node:path";
import type { HarnessStore } from "@executus/harness";
import type { Entry } from "../ledger/journal.ts";
import { readJournal } from "../ledger/journal.ts";
import type { Outcome } from "../parent/stage.ts";
import { startWorker, type WorkerEnd } from "../parent/worker-process.ts";
import { createRandom, type Random, seedOf } from "../plan/random.ts";
import type { StoreAddress } from "../plan/worker-order.ts";
import { openStore } from "../worker/open-store.ts";
import { allRuns, auditRuns } from "./audit-runs.ts";
import { type HarnessOrder, harnessPoints, maxVisitsOf } from "./harness-order.ts";
import { openReceiver } from "./receiver.ts";

export interface HarnessPlay {
  readonly folder: string;
  readonly address: StoreAddress;
  readonly seed: number;
  readonly kills: number;
  readonly leaseMs: number;
  readonly processes: 1 | 2;
}

const program = join(import.meta.dirname, "harness-main.ts");
/** A point that is not reached in so long is given up for this time. */
const lifeMs = 4_000;
/** So many of all kills are at named points. */
const namedShare = 0.7;

/** Kills processes with a harness again and again, one or two at any time, and looks at what became of their runs. */
export async function playHarness(play: HarnessPlay): Promise<Outcome> {
  const { seed, kills, processes } = play;
  const receiver = await openReceiver();
  const random = createRandom(seedOf(seed, "deaths"));
  const faults: string[] = [];
  const boots: string[] = [];
  const doneCells = new Map<string, ReadonlySet<string>>();
  let killed = 0;
  const due: string[] = [];
  const live = async (boot: string, task: HarnessOrder["task"]): Promise<void> => {
    if (due.length === 0) due.push(...random.shuffled(harnessPoints));
    const isNamed = task === "load" && random.chance(namedShare);
    const point = isNamed ? due.pop() : undefined;
    const death = point === undefined ? undefined : { point, visit: random.between(1, maxVisitsOf(point)) };
    // With two at a time a cell may be done after this look: such a boot's cells are not judged.
    if (processes === 1) doneCells.set(boot, await storedCells(play.address));
    boots.push(boot);
    const end = await run(play, { boot, task, death, url: receiver.url }, random);
    if (end.wasKilled) killed += 1;
    if (end.complaint !== "") faults.push(`${boot}: ${end.complaint}`);
  };
  const slots = ["a", "b"].slice(0, processes).map(async (slot) => {
    for (let count = 1; killed < kills && count < 2 * kills + 9; count += 1)
      await live(`${slot}${count}`, "load");
  });
  await Promise.all(slots);
  await live("last", "drain");
  receiver.close();
  const entries = boots.flatMap((boot): Entry[] => readJournal(join(play.folder, `${boot}.log`), boot));
  const { store, close } = await openStore(play.address);
  const verdict = auditRuns({
    entries,
    receiver,
    doneCells,
    rows: await allRuns(store),
    leftJobs: await leftJobs(store),
  });
  await close();
  const children = entries.filter(({ word }) => word === "point").length;
  const notes = [`${receiver.arrived.size} messages arrived`, `${children} deaths at named points`];
  return {
    kills: killed,
    notes,
    points: [],
    verdict: { ...verdict, faults: [...faults, ...verdict.faults] },
  };
}

interface Life {
  readonly boot: string;
  readonly task: HarnessOrder["task"];
  readonly death: HarnessOrder["death"];
  readonly url: string;
}

async function run(play: HarnessPlay, { boot, task, death, url }: Life, random: Random): Promise<WorkerEnd> {
  const { folder, address, leaseMs } = play;
  const journal = join(folder, `${boot}.log`);
  const order: HarnessOrder = {
    boot,
    store: address,
    journal,
    receiver: url,
    leaseMs,
    task,
    ...(death && { death }),
  };
  const worker = startWorker(order, folder, program);
  await worker.up;
  // While it starts, while it recovers, and when it has.
  const atRandomMs = random.between(0, random.pick([100, leaseMs, 4 * leaseMs]));
  const killAfterMs = task === "drain" ? 120_000 : death ? lifeMs : atRandomMs;
  const timer = setTimeout(worker.kill, killAfterMs);
  const end = await worker.ended;
  clearTimeout(timer);
  return end.wasKilled && task === "drain" ? { ...end, complaint: "the last one came to no end" } : end;
}

async function storedCells(address: StoreAddress): Promise<ReadonlySet<string>> {
  const { store, close } = await openStore(address);
  const open = (await allRuns(store)).filter(({ agent }) => agent === "again");
  const cells = open.map(async ({ runId }) =>
    (await store.listRunCells(runId)).map(({ cell }) => `${runId} ${cell}`),
  );
  const names = (await Promise.all(cells)).flat();
  await close();
  return new Set(names);
}

async function leftJobs(store: HarnessStore): Promise<string[]> {
  const live = [await store.listQueuedJobs("default"), await store.listRunningJobs("default")];
  return live.flat().map(({ jobId }) => jobId);
}
