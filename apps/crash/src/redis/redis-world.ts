import type { Lane, LaneStats } from "@executus/lane";
import { type BullmqLane, createBullmqLane } from "@executus/lane-bullmq";
import type { PersistedLane, PersistenceStore, RecoveryReport, RunFunction } from "@executus/lane/persisted";
import { laneName } from "../plan/worker-order.ts";
import type { CrashPoints } from "../worker/crash-points.ts";
import { jobCode } from "../worker/job-code.ts";
import type { World } from "../worker/world.ts";
import { redisRows } from "./redis-rows.ts";

/** Within so long a job's end is on its way to Redis. */
const endingMs = 3;

type Parts = Pick<World, "order" | "random" | "journal" | "points">;

/** A lane in Redis, in the place of one with a store. */
export function createRedisWorld({ order, random, journal, points }: Parts): World {
  if (order.store.kind !== "redis") throw new Error("Cannot open a lane in Redis: there is none");
  const { url, prefix } = order.store;
  const lane = createBullmqLane({
    name: laneName,
    connection: url,
    prefix,
    maxConcurrent: order.lane.maxConcurrent,
    lockMs: order.lane.leaseMs,
    async reconstruct({ jobId }) {
      points.reach("rebuild");
      if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.between(0, 10)));
      return ending(jobCode(world, jobId), points);
    },
    onEvent(event) {
      if (event.type === "redis-failed") journal.note("trouble", "store", String(event.error));
    },
  });
  const { rows, close } = redisRows(url, `${prefix}:${laneName}:`);
  const world: World = {
    order,
    random,
    journal,
    points,
    lane: watched(lane, points),
    store: rows as PersistenceStore,
    code: (jobId) => jobCode(world, jobId),
    close: async () => close(),
  };
  return world;
}

/** Its end is being told to Redis when it has come. */
function ending(code: RunFunction, points: CrashPoints): RunFunction {
  return async (context) => {
    try {
      return await code(context);
    } finally {
      points.reachSoon("finished:during", endingMs);
    }
  };
}

/** The lane, with points before, during and after what is asked of Redis. */
function watched(lane: BullmqLane, points: CrashPoints): PersistedLane {
  const at = async <T>(step: "enqueue" | "cancelled", ask: () => Promise<T>): Promise<T> => {
    points.reach(`${step}:before`);
    const asked = ask();
    points.reachSoon(`${step}:during`, endingMs);
    const answer = await asked;
    points.reach(`${step}:after`);
    return answer;
  };
  return new Proxy(lane, {
    get(target, key): unknown {
      if (key === "recover") return () => unlessClosed(target.ready(), undefined).then(() => nothing);
      if (key === "stats") return () => unlessClosed(target.stats(), noRoom);
      if (key === "submit")
        return (...args: Parameters<Lane["submit"]>) => at("enqueue", () => target.submit(...args));
      if (key === "cancel")
        return (...args: Parameters<Lane["cancel"]>) => at("cancelled", () => target.cancel(...args));
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  }) as unknown as PersistedLane;
}

/** What a lane that closes does not answer any more. */
async function unlessClosed<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "LANE_CLOSED" || code === "LANE_STORE_UNKNOWN") return otherwise;
    throw error;
  }
}

/** As if as many waited as may. */
const noRoom: LaneStats = {
  submitted: 0,
  queued: Number.POSITIVE_INFINITY,
  running: 0,
  yielded: 0,
  finished: 0,
  cancelled: 0,
  failed: 0,
  maxConcurrent: 0,
};

/** There is nothing to recover: what waits in Redis belongs to all. */
const nothing: RecoveryReport = { interrupted: [], resubmitted: [], notRebuilt: [], ownedElsewhere: [] };
