import { LaneError } from "../../src/index.ts";
import { changeJobs, changeResults, freesSlotOnAbort, wrong, type WrongLane } from "./lane-wrong.ts";

const cancels =
  "cancel() takes a queued job out: its promise rejects with LANE_CANCELLED and its code is never entered";
const unknown = "cancel() and abort() of an unknown id are refused with LANE_UNKNOWN_JOB";
const aborts =
  "abort() reaches the code's signal, rejects the promise at once, and keeps the slot until the code settles";
const abortedBefore = "a signal that has already aborted rejects with its reason and registers nothing";
const whileQueued = "a signal that aborts while the job is queued takes it out and rejects with its reason";
const whileRunning =
  "a signal that aborts while the job runs rejects with its reason at once, reaches the code, and keeps the slot";

/** Lanes that end jobs before their time in a wrong way. */
export const wrongEnds: readonly WrongLane[] = [
  wrong(cancels, "resolves and leaves the job where it is", () => ({ cancel: async () => {} })),
  wrong(cancels, "rejects the promise and runs the code", (inner) => {
    const dropped = new Map<string, (error: LaneError) => void>();
    return {
      ...changeResults(inner, (result, jobId) => {
        const drop = new Promise((_, reject) => dropped.set(jobId, reject));
        return Promise.race([drop, result]);
      }),
      cancel: async (jobId) => dropped.get(jobId)?.(new LaneError("LANE_CANCELLED", "cancelled")),
    };
  }),
  wrong("cancel() with a reason rejects the job's promise with that reason", "drops the reason", (inner) => ({
    cancel: (jobId) => inner.cancel(jobId),
  })),
  wrong(
    "cancel() of a running job is refused with LANE_NOT_QUEUED and leaves it alone",
    "aborts it",
    (inner) => ({ cancel: (jobId) => inner.cancel(jobId).catch(() => inner.abort(jobId)) }),
  ),
  wrong(
    "cancel() of a running job is refused with LANE_NOT_QUEUED and leaves it alone",
    "refuses, and aborts it all the same",
    (inner) => ({
      cancel: async (jobId) => {
        if ((await inner.placement(jobId))?.state === "running") await inner.abort(jobId);
        await inner.cancel(jobId);
      },
    }),
  ),
  wrong(unknown, "is content with any id to cancel", (inner) => ({
    cancel: async (jobId) => {
      if (await inner.placement(jobId)) await inner.cancel(jobId);
    },
  })),
  wrong(unknown, "is content with any id to abort", (inner) => ({
    abort: async (jobId) => {
      if (await inner.placement(jobId)) await inner.abort(jobId);
    },
  })),
  wrong("of many cancels of one job at once exactly one resolves", "lets every cancel resolve", (inner) => ({
    cancel: (jobId) => inner.cancel(jobId).catch(() => {}),
  })),
  wrong(
    "of many cancels of one job at once exactly one resolves",
    "lets no cancel resolve once it has seen two",
    (inner) => {
      let count = 0;
      return {
        cancel: async (jobId) => {
          count += 1;
          await inner.stats();
          if (count > 1) throw new LaneError("LANE_NOT_QUEUED", "somebody cancels it");
          await inner.cancel(jobId);
        },
      };
    },
  ),
  wrong(
    "a cancel at the moment of the start keeps the code from being entered, or is refused",
    "cancels what has just started",
    (inner) => ({ cancel: (jobId) => inner.cancel(jobId).catch(() => {}) }),
  ),
  wrong(aborts, "frees the slot at once", freesSlotOnAbort),
  wrong(aborts, "tells the code and not who waits for it", (inner) => {
    const controllers = new Map<string, AbortController>();
    return {
      ...changeJobs(inner, (job) => {
        const controller = new AbortController();
        controllers.set(job.id, controller);
        return {
          ...job,
          run: ({ jobId, lane, settleWeight, yieldWhile }) =>
            job.run({ jobId, lane, settleWeight, yieldWhile, signal: controller.signal }),
        };
      }),
      abort: async (jobId, reason) => controllers.get(jobId)?.abort(reason),
    };
  }),
  wrong(aborts, "tells who waits for the code and not the code", (inner) =>
    changeJobs(inner, (job) => ({
      ...job,
      run: ({ jobId, lane, settleWeight, yieldWhile }) =>
        job.run({ jobId, lane, settleWeight, yieldWhile, signal: new AbortController().signal }),
    })),
  ),
  wrong(
    "abort() without a reason rejects the promise with LANE_ABORTED",
    "has a reason of its own",
    (inner) => ({
      abort: (jobId, reason = new Error("aborted")) => inner.abort(jobId, reason),
    }),
  ),
  wrong(
    "abort() of a queued job is refused with LANE_NOT_RUNNING and leaves it queued",
    "cancels it",
    (inner) => ({ abort: (jobId, reason) => inner.abort(jobId, reason).catch(() => inner.cancel(jobId)) }),
  ),
  wrong(abortedBefore, "does not look at it", (inner) => ({
    submit: (job) => inner.submit(job),
    submitWait: (job) => inner.submitWait(job),
  })),
  wrong(abortedBefore, "has an error of its own", (inner) => ({
    submit: (job, options) =>
      inner.submit(job, options).catch(() => {
        throw new LaneError("LANE_ABORTED", "aborted");
      }),
  })),
  wrong(whileQueued, "looks at it at submit and never again", (inner) => ({
    submit: async (job, options) => {
      options?.signal?.throwIfAborted();
      return inner.submit(job);
    },
  })),
  wrong(whileQueued, "rejects and runs the code", (inner) => ({
    submit: async (job, options) => {
      const ticket = await inner.submit(job);
      const left = new Promise<never>((_, reject) => {
        options?.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      });
      const result = Promise.race([ticket.result, left]);
      result.catch(() => {});
      return { jobId: job.id, result, placement: async () => undefined };
    },
  })),
  wrong(whileRunning, "frees the slot at once", freesSlotOnAbort),
  wrong("a signal that aborts after the job's end changes nothing", "counts it as cancelled", (inner) => {
    let late = 0;
    return {
      submit: (job, options) => {
        options?.signal?.addEventListener("abort", () => (late += 1));
        return inner.submit(job, options);
      },
      stats: async () => {
        const stats = await inner.stats();
        return { ...stats, finished: stats.finished - late, cancelled: stats.cancelled + late };
      },
    };
  }),
];
