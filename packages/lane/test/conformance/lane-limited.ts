import { AsyncLocalStorage } from "node:async_hooks";
import type { LaneHandlers, LaneSuiteOptions } from "../../src/conformance.ts";
import {
  createLane,
  type Job,
  type JobContext,
  type Lane,
  LaneError,
  type LaneSupports,
  type Placement,
  type Ticket,
} from "../../src/index.ts";

export const richSupports: LaneSupports = createLane({ name: "any", maxConcurrent: 1 }).supports;

/** What the poorest lane can do: it queues and runs by name. */
export const poorSupports: LaneSupports = {
  closures: false,
  yield: false,
  deadlock: false,
  aging: false,
  callerCap: false,
  rate: false,
  priorityLevels: 2,
  position: false,
  capScope: "process",
};

/** What a lane for several processes might do. */
export const middlingSupports: LaneSupports = {
  ...richSupports,
  priorityLevels: 8,
  position: "estimate",
  capScope: "cluster",
};

/**
 * An in-memory lane that cannot do what `lacks` says that it cannot. One without closures is as far away as a network makes
 * it: every call takes some time, and results travel as JSON.
 */
export function limitedLane(lacks: LaneSupports, options: LaneSuiteOptions, handlers: LaneHandlers): Lane {
  const { rate, aging, maxConcurrentPerCaller } = options;
  if (!lacks.rate && rate !== undefined) throw unsupported("rate");
  if (!lacks.aging && aging) throw unsupported("aging");
  if (!lacks.callerCap && maxConcurrentPerCaller !== undefined) throw unsupported("maxConcurrentPerCaller");
  const inner = createLane({ ...options, aging: lacks.aging ? aging : false });
  // Where the asynchronous context of a job does not reach, nobody sees that a job waits.
  const outside = AsyncLocalStorage.snapshot();
  const begin = <T>(act: () => T): T => (lacks.deadlock ? act() : outside(act));
  const far = async (): Promise<void> => {
    if (!lacks.closures) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const limited = <T>(job: Job<T>): Job<T> => limitJob(lacks, job, handlers);

  return {
    name: inner.name,
    supports: lacks,
    submit: async (job, submitOptions) => {
      submitOptions?.signal?.throwIfAborted();
      const given = limited(job);
      await far();
      return limitTicket(lacks, await begin(() => inner.submit(given, submitOptions)), begin);
    },
    submitWait: async (job, submitOptions) => {
      submitOptions?.signal?.throwIfAborted();
      const given = limited(job);
      await far();
      return begin(() => inner.submitWait(given, submitOptions));
    },
    run: async (work, runOptions) => {
      if (!lacks.closures) throw unsupported("closures");
      return begin(() => inner.run((context) => work(limitContext(lacks, context)), runOptions));
    },
    cancel: (jobId, reason) => far().then(() => inner.cancel(jobId, reason)),
    abort: (jobId, reason) => far().then(() => inner.abort(jobId, reason)),
    placement: (jobId) => limitPlacement(lacks, inner.placement(jobId)),
    stats: () => far().then(() => inner.stats()),
    setMaxConcurrent: (maxConcurrent) => far().then(() => inner.setMaxConcurrent(maxConcurrent)),
    holdUntil: (at, reason) => far().then(() => inner.holdUntil(at, reason)),
    close: (closeOptions) => inner.close(closeOptions),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function limitJob<T>(lacks: LaneSupports, job: Job<T>, handlers: LaneHandlers): Job<T> {
  const { name, metadata, priority } = job;
  const own = lacks.closures ? job.run : (runByName(handlers, name, metadata) as Job<T>["run"]);
  const run: Job<T>["run"] = (context) => own(limitContext(lacks, context));
  // What is no function is for the inner lane to refuse.
  const isFunction = typeof own === "function";
  return { ...job, priority: clampPriority(lacks, priority), run: isFunction ? run : own };
}

function clampPriority({ priorityLevels }: LaneSupports, priority: number | undefined): number | undefined {
  if (priority === undefined || !Number.isFinite(priority)) return priority;
  if (priorityLevels === Number.POSITIVE_INFINITY) return priority;
  return Math.min(priorityLevels - 1, Math.max(0, priority));
}

function runByName(
  handlers: LaneHandlers,
  name: string | undefined,
  metadata: Uint8Array | undefined,
): (context: JobContext) => Promise<unknown> {
  if (name === undefined) throw unsupported("closures");
  return async (context) => {
    try {
      const value = await handlers(name, metadata)(context);
      return value === undefined ? value : JSON.parse(JSON.stringify(value));
    } catch (error) {
      throw new Error(error instanceof Error ? error.message : String(error));
    }
  };
}

function limitContext(lacks: LaneSupports, context: JobContext): JobContext {
  if (lacks.yield) return context;
  const { jobId, lane, signal, settleWeight } = context;
  return { jobId, lane, signal, settleWeight, yieldWhile: () => Promise.reject(unsupported("yield")) };
}

function limitTicket<T>(lacks: LaneSupports, ticket: Ticket<T>, begin: <U>(act: () => U) => U): Ticket<T> {
  return {
    jobId: ticket.jobId,
    get result() {
      return begin(() => ticket.result);
    },
    placement: () => limitPlacement(lacks, ticket.placement()),
  };
}

async function limitPlacement(
  { position }: LaneSupports,
  placing: Promise<Placement | undefined>,
): Promise<Placement | undefined> {
  if (position === false) throw unsupported("position");
  const placement = await placing;
  return placement && position === "estimate" ? { ...placement, exact: false } : placement;
}

function unsupported(capability: string): LaneError {
  return new LaneError("LANE_UNSUPPORTED", `The lane lacks "${capability}"`);
}

/** Lanes of one name are one lane, as if in several processes. */
export function clusterLane(
  supports: LaneSupports,
): (options: LaneSuiteOptions, handlers: LaneHandlers) => Lane {
  const lanes = new Map<string, Lane>();
  return (options, handlers) => {
    const lane = lanes.get(options.name) ?? limitedLane(supports, options, handlers);
    lanes.set(options.name, lane);
    return lane;
  };
}
