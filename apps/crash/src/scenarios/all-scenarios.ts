import { type HarnessPlay, playHarness } from "../harness/play-harness.ts";
import type { Outcome, Stage } from "../parent/stage.ts";
import type { StoreAddress } from "../plan/worker-order.ts";
import { beside } from "./beside.ts";
import { fenced } from "./fenced.ts";
import { killLoop, type KillLoopOptions } from "./kill-loop.ts";
import { takeover } from "./takeover.ts";
import { thousand } from "./thousand.ts";

export interface Scenario {
  readonly name: string;
  /** Its part of all kills; without one it kills as often as it has to. */
  readonly share?: number;
  readonly stores: readonly StoreAddress["kind"][];
  readonly leaseMs: number;
  readonly maxConcurrent: number;
  readonly requeues?: boolean;
  /** As in a workload. */
  readonly isFlat?: boolean;
  readonly maxBytes?: number;
  /** With jobs of lanes; one of the two. */
  readonly run?: (stage: Stage, plan: ScenarioPlan) => Promise<void>;
  /** With processes of its own. */
  readonly play?: (play: Omit<HarnessPlay, "processes">) => Promise<Outcome>;
}

export interface ScenarioPlan {
  readonly seed: number;
  readonly kills: number;
}

const both = ["sqlite", "postgres"] as const;

/** What a process on a store can meet, in the order in which it is printed. */
export const scenarios: readonly Scenario[] = [
  loop("one-process", { processes: 1, share: 5 }),
  loop("two-processes", { processes: 2, share: 5 }),
  loop("requeue", { processes: 1, share: 2, requeues: true }),
  loop("requeue-two", { processes: 2, share: 2, requeues: true }),
  loop("stalls", { processes: 2, share: 1, blocks: true }),
  loop("requeue-stalls", { processes: 2, share: 1, blocks: true, requeues: true }),
  // Enough that the log is brought into the database again and again, in a thread that dies with its process.
  { ...loop("long-log", { processes: 2, share: 2 }), stores: ["sqlite"], maxBytes: 60_000 },
  harness("harness", 1),
  harness("harness-two", 2),
  // Jobs in Redis, which all processes take from.
  { ...loop("cluster", { processes: 1, share: 2, leaseMs: 600 }), stores: ["redis"] },
  { ...loop("cluster-two", { processes: 2, share: 4, leaseMs: 600 }), stores: ["redis"] },
  { ...loop("cluster-stalls", { processes: 2, share: 1, blocks: true, leaseMs: 600 }), stores: ["redis"] },
  {
    ...steady("cluster-thousand", (stage) => thousand(stage, 1_000), { leaseMs: 4_000, maxConcurrent: 4 }),
    stores: ["redis"],
  },
  steady("thousand", (stage) => thousand(stage, 1_000), { leaseMs: 1_000, maxConcurrent: 4 }),
  steady("beside", beside, { leaseMs: 5_000 }),
  steady("takeover", takeover, { leaseMs: 900 }),
  steady("fenced", fenced, { leaseMs: 400 }),
];

type LoopOptions = Pick<KillLoopOptions, "processes"> &
  Partial<Pick<KillLoopOptions, "requeues" | "blocks" | "leaseMs">> & { readonly share: number };

function loop(name: string, options: LoopOptions): Scenario {
  const { processes, share, requeues = false, blocks = false, leaseMs = 300 } = options;
  return {
    name,
    share,
    leaseMs,
    requeues,
    stores: both,
    maxConcurrent: 3,
    maxBytes: 300,
    run: (stage, plan) => killLoop(stage, { ...plan, processes, requeues, blocks, leaseMs }),
  };
}

/** Runs of agents, with files, cells, children and replies. */
function harness(name: string, processes: 1 | 2): Scenario {
  return {
    name,
    share: 2,
    stores: both,
    leaseMs: 300,
    maxConcurrent: 3,
    play: (play) => playHarness({ ...play, processes }),
  };
}

function steady(
  name: string,
  run: NonNullable<Scenario["run"]>,
  options: Pick<Scenario, "leaseMs"> & Partial<Pick<Scenario, "maxConcurrent">>,
): Scenario {
  return { name, stores: both, maxConcurrent: 2, isFlat: true, maxBytes: 300, run, ...options };
}
