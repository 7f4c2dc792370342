import { type Job, type JobContext, type Lane, LaneError, type Ticket } from "@executus/lane";

interface Placement {
  readonly state: "queued" | "running" | "finished" | "cancelled" | "failed";
  readonly exact: boolean;
}

type Reconstruct = (job: { readonly jobId: string }) => Promise<(context: JobContext) => unknown>;

interface BrokerJob {
  readonly jobId: string;
  readonly done: PromiseWithResolvers<unknown>;
  state: Placement["state"];
  worker: Worker | undefined;
}

interface Worker {
  readonly reconstruct: Reconstruct;
  readonly controllers: Map<string, AbortController>;
  maxConcurrent: number;
}

/** What lanes of many processes share: jobs by their ids, and what they gave, as JSON. It runs no functions. */
export interface Broker {
  /** The lane of one process, which works so many jobs at a time. */
  lane(reconstruct: Reconstruct, maxConcurrent: number): Lane;
  /** What that process ran has failed, and it takes nothing more. */
  dies(lane: Lane): void;
  /** That process is told to stop what it runs, which has failed: it was silent for too long. */
  fences(lane: Lane): void;
  /** It has lost a job, and says so to who waits for it. */
  loses(jobId: string): void;
  readonly jobs: ReadonlyMap<string, BrokerJob>;
}

/** A queue in another process than those that submit and those that work, as it looks from there. */
export function createBroker(): Broker {
  const jobs = new Map<string, BrokerJob>();
  const workers = new Map<Lane, Worker>();

  function pump(): void {
    for (const job of jobs.values()) {
      if (job.state !== "queued") continue;
      const free = [...workers.values()].find((each) => each.controllers.size < each.maxConcurrent);
      if (free) void work(free, job);
    }
  }

  async function work(worker: Worker, job: BrokerJob): Promise<void> {
    const { jobId } = job;
    const controller = new AbortController();
    worker.controllers.set(jobId, controller);
    Object.assign(job, { state: "running", worker });
    const context: JobContext = {
      jobId,
      lane: "default",
      signal: controller.signal,
      settleWeight: () => {},
      yieldWhile: () => Promise.reject(new LaneError("LANE_UNSUPPORTED", "no yield")),
    };
    try {
      const code = await worker.reconstruct({ jobId });
      settle(job, worker, "finished", overTheWire(await code(context)));
    } catch (error) {
      const { message, code } = error as Error & { readonly code?: string };
      const state = controller.signal.aborted ? "cancelled" : "failed";
      settle(job, worker, state, undefined, Object.assign(new Error(message), { code }));
    }
  }

  function settle(
    job: BrokerJob,
    worker: Worker,
    state: BrokerJob["state"],
    value: unknown,
    error?: Error,
  ): void {
    worker.controllers.delete(job.jobId);
    // It was given up: nobody listens to that process any more.
    if (job.worker !== worker) return;
    job.state = state;
    if (error) job.done.reject(error);
    else job.done.resolve(value);
    setImmediate(pump);
  }

  function submit(given: Job<unknown>): Ticket<unknown> {
    const jobId = given.id;
    const known = jobs.get(jobId);
    if (known) throw new LaneError("LANE_DUPLICATE", `"${jobId}" is ${known.state}`, { state: known.state });
    const done = Promise.withResolvers<unknown>();
    done.promise.catch(() => {});
    jobs.set(jobId, { jobId, done, state: "queued", worker: undefined });
    setImmediate(pump);
    return { jobId, result: done.promise, placement: async () => placement(jobId) };
  }

  function placement(jobId: string): Placement | undefined {
    const job = jobs.get(jobId);
    return job && { state: job.state, exact: job.state !== "queued" };
  }

  function lane(reconstruct: Reconstruct, maxConcurrent: number): Lane {
    const worker: Worker = { reconstruct, controllers: new Map(), maxConcurrent };
    const unsupported = (): Promise<never> => Promise.reject(new LaneError("LANE_UNSUPPORTED", "not here"));
    const made: Lane = {
      name: "default",
      supports: {
        closures: false,
        yield: false,
        deadlock: false,
        aging: false,
        callerCap: false,
        rate: false,
        priorityLevels: 1,
        position: false,
        capScope: "cluster",
      },
      async submit(job, { signal } = {}) {
        const ticket = submit(job as Job<unknown>);
        // Where it runs in another process nobody there hears of it.
        signal?.addEventListener("abort", () => {
          void made.cancel(job.id, signal.reason).catch(() => jobs.get(job.id)?.done.reject(signal.reason));
        });
        return ticket as Ticket<never>;
      },
      submitWait: unsupported,
      run: unsupported,
      placement: async (jobId) => placement(jobId),
      async cancel(jobId, reason) {
        const job = jobs.get(jobId);
        if (!job) throw new LaneError("LANE_UNKNOWN_JOB", "unknown");
        if (job.state !== "queued") throw new LaneError("LANE_NOT_QUEUED", job.state);
        job.state = "cancelled";
        job.done.reject(reason);
      },
      async abort(jobId, reason) {
        const controller = worker.controllers.get(jobId);
        if (!controller) throw new LaneError("LANE_NOT_RUNNING", "not here");
        controller.abort(reason);
      },
      stats: unsupported,
      setMaxConcurrent: unsupported,
      holdUntil: unsupported,
      async close() {
        worker.maxConcurrent = 0;
        return { abandoned: [] } as never;
      },
      async [Symbol.asyncDispose]() {
        worker.maxConcurrent = 0;
      },
    };
    workers.set(made, worker);
    return made;
  }

  function fences(lane: Lane): void {
    const { controllers } = workers.get(lane) as Worker;
    dies(lane);
    const reason = new LaneError("LANE_FENCED", "another process has it");
    for (const controller of controllers.values()) controller.abort(reason);
  }

  function dies(dead: Lane): void {
    const worker = workers.get(dead) as Worker;
    workers.delete(dead);
    for (const jobId of worker.controllers.keys()) {
      const job = jobs.get(jobId) as BrokerJob;
      Object.assign(job, { state: "failed", worker: undefined });
      job.done.reject(new Error("the job stalled"));
    }
  }

  function loses(jobId: string): void {
    const job = jobs.get(jobId) as BrokerJob;
    jobs.delete(jobId);
    job.worker?.controllers.delete(jobId);
    job.worker = undefined;
    job.done.reject(new Error("the job is lost"));
  }

  return { lane, dies, fences, loses, jobs };
}

function overTheWire(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
