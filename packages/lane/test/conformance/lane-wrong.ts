import type { LaneImplementation, LaneSuiteOptions } from "../../src/conformance.ts";
import type { Job, JobContext, Lane, LaneSupports, Ticket } from "../../src/index.ts";
import { clusterLane, limitedLane, richSupports } from "./lane-limited.ts";

/** A lane that breaks one promise of the contract, and the test of the suite that must find out. */
export interface WrongLane extends LaneImplementation {
  readonly title: string;
  /** What it does, after "a lane that". */
  readonly does: string;
}

/** A lane with some methods replaced, that is right in all else and can do what `supports` says. */
export function wrong(
  title: string,
  does: string,
  replace: (inner: Lane, options: LaneSuiteOptions) => Partial<Lane>,
  supports: LaneSupports = richSupports,
): WrongLane {
  return {
    title,
    does,
    supports,
    create: (options, handlers) => {
      const inner = limitedLane(supports, options, handlers);
      return replaceMethods(inner, replace(inner, options));
    },
  };
}

/** A lane that is made with other options than it was asked for. */
export function wrongOptions(
  title: string,
  does: string,
  change: (options: LaneSuiteOptions) => LaneSuiteOptions,
  supports: LaneSupports = richSupports,
): WrongLane {
  return {
    title,
    does,
    supports,
    create: (options, handlers) => limitedLane(supports, change(options), handlers),
  };
}

/** A lane that says what it cannot do, or keeps silent about what it can. */
export function liar(title: string, does: string, can: LaneSupports, supports: LaneSupports): WrongLane {
  const create: WrongLane["create"] =
    can.capScope === "cluster"
      ? clusterLane(can)
      : (options, handlers) => limitedLane(can, options, handlers);
  return {
    title,
    does,
    supports,
    create: async (options, handlers) => replaceMethods(await create(options, handlers), { supports }),
  };
}

type AnyJob = Job<unknown>;

/** Replaces what takes jobs: each is changed before it is submitted. */
export function changeJobs(inner: Lane, change: (job: AnyJob) => AnyJob): Partial<Lane> {
  return {
    submit: async (job, options) => inner.submit(change(job as AnyJob) as typeof job, options),
    submitWait: async (job, options) => inner.submitWait(change(job as AnyJob) as typeof job, options),
  };
}

/** Replaces what code is given. */
export function changeContext(
  inner: Lane,
  change: (context: JobContext, job: AnyJob) => Partial<JobContext>,
): Partial<Lane> {
  return changeJobs(inner, (job) => {
    const run: AnyJob["run"] = (context) => {
      const { jobId, lane, signal, settleWeight, yieldWhile } = context;
      return job.run({ jobId, lane, signal, settleWeight, yieldWhile, ...change(context, job) });
    };
    return typeof job.run === "function" ? { ...job, run } : job;
  });
}

/** Replaces the ends that submitters are told. */
export function changeResults(
  inner: Lane,
  change: (result: Promise<unknown>, jobId: string) => Promise<unknown>,
): Partial<Lane> {
  return {
    submit: async <T>(job: Job<T>, options?: Parameters<Lane["submit"]>[1]): Promise<Ticket<T>> => {
      const ticket = await inner.submit(job, options);
      const result = change(ticket.result, job.id) as Promise<T>;
      result.catch(() => {});
      return { jobId: ticket.jobId, result, placement: () => ticket.placement() };
    },
    submitWait: async <T>(job: Job<T>, options?: Parameters<Lane["submit"]>[1]): Promise<T> =>
      change(inner.submitWait(job, options), job.id) as Promise<T>,
  };
}

/** A slot that is free as soon as nobody waits for the code any more: the mistake that every second queue makes. */
export function freesSlotOnAbort(inner: Lane): Partial<Lane> {
  return changeJobs(inner, (job) => ({
    ...job,
    run: (context) => {
      const stopped = new Promise<never>((_, reject) => {
        context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
      });
      stopped.catch(() => {});
      return Promise.race([job.run(context), stopped]);
    },
  }));
}

/** Waits until something holds, as a slow lane would. After the end of the test it may go on for ever. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    await new Promise<void>((resolve) => tries < 5_000 && setTimeout(resolve, 2));
  }
}

/** A lane that does what another does, but for these methods. */
export function replaceMethods(inner: Lane, methods: Partial<Lane>): Lane {
  return {
    name: inner.name,
    supports: inner.supports,
    submit: (job, options) => inner.submit(job, options),
    submitWait: (job, options) => inner.submitWait(job, options),
    run: (work, options) => inner.run(work, options),
    cancel: (jobId, reason) => inner.cancel(jobId, reason),
    abort: (jobId, reason) => inner.abort(jobId, reason),
    placement: (jobId) => inner.placement(jobId),
    stats: () => inner.stats(),
    setMaxConcurrent: (maxConcurrent) => inner.setMaxConcurrent(maxConcurrent),
    holdUntil: (at, reason) => inner.holdUntil(at, reason),
    close: (options) => inner.close(options),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    ...methods,
  };
}
