import { type CloseReport, createLane, type Job, type Lane } from "../../src/index.ts";
import { changeJobs, eventually, wrong, type WrongLane } from "./lane-wrong.ts";

const closes =
  "close() starts nothing more, rejects what is queued with LANE_CLOSED, and waits for what runs";
const refuses = "a lane that closes or is closed refuses a submit with LANE_CLOSED";
const obeys = "close() aborts what outlives its grace, and waits for code that obeys";
const badTime = "holdUntil() and close() refuse what is no time, and change nothing";
const badJob =
  "submit() and submitWait() reject a bad job by an error that names the option, and register nothing";
const badOption = "a lane is not created from a bad option, and the error names it";

async function isIdle(lane: Lane): Promise<boolean> {
  const { queued, running } = await lane.stats();
  return queued + running === 0;
}

/** A job without its mistakes. */
function mended(job: Job<unknown>): Job<unknown> {
  const { callerId, priority = 0, weight = 1, timeoutMs = 1 } = job;
  return {
    ...job,
    id: job.id || crypto.randomUUID(),
    callerId: callerId || undefined,
    priority: Number.isFinite(priority) ? priority : 0,
    weight: weight > 0 ? weight : 1,
    timeoutMs: timeoutMs > 0 ? job.timeoutMs : undefined,
  };
}

/** Lanes that close in a wrong way, or take what makes no sense. */
export const wrongCloses: readonly WrongLane[] = [
  wrong(closes, "runs its queue first", (inner) => ({
    close: async (options) => {
      await eventually(() => isIdle(inner));
      return inner.close(options);
    },
  })),
  wrong(closes, "does not wait for what runs", (inner) => ({
    close: async (options) => {
      void inner.close(options);
      return { abandoned: [] };
    },
  })),
  wrong(closes, "aborts what runs at once", (inner) => ({ close: () => inner.close({ graceMs: 0 }) })),
  wrong(refuses, "opens again for a new job", (inner, options) => ({
    submit: (job, submitOptions) =>
      inner.submit(job, submitOptions).catch(() => createLane(options).submit(job, submitOptions)),
  })),
  wrong(refuses, "has an error of its own", (inner) => ({
    submit: (job, options) =>
      inner.submit(job, options).catch(() => {
        throw new Error("closed");
      }),
  })),
  wrong(obeys, "waits for ever", (inner) => ({
    close: () => inner.close({ graceMs: Number.POSITIVE_INFINITY }),
  })),
  wrong(obeys, "does not wait for what it has aborted", (inner) => ({
    close: async (options) => {
      void inner.close(options);
      await eventually(async () => true);
      return { abandoned: [] };
    },
  })),
  wrong("close() lists as abandoned what ignores its signal", "lists nothing", (inner) => ({
    close: async (options) => {
      await inner.close(options);
      return { abandoned: [] };
    },
  })),
  wrong(
    "close() again gives the same report, also while the first call waits",
    "reports to the first only",
    (inner) => {
      let closing: Promise<CloseReport> | undefined;
      return {
        close: async (options) => {
          if (closing) return { abandoned: [] };
          return (closing = inner.close(options));
        },
      };
    },
  ),
  wrong("a job may close its own lane and is not waited for", "waits for all", (inner) => ({
    close: async (options) => {
      await eventually(() => isIdle(inner));
      return inner.close(options);
    },
  })),
  wrong("the end of an `await using` block closes the lane", "stays open", () => ({
    [Symbol.asyncDispose]: async () => {},
  })),
  wrong(badJob, "makes the best of it", (inner) => changeJobs(inner, mended)),
  wrong(badJob, "does not say what is bad", (inner) => ({
    submit: (job, options) =>
      inner.submit(job, options).catch(() => {
        throw new TypeError("bad job");
      }),
  })),
  wrong(badJob, "counts it", (inner) => {
    let refused = 0;
    return {
      submit: (job, options) =>
        inner.submit(job, options).catch((error: unknown) => {
          refused += 1;
          throw error;
        }),
      stats: async () => {
        const stats = await inner.stats();
        return { ...stats, submitted: stats.submitted + refused, failed: stats.failed + refused };
      },
    };
  }),
  wrong(
    "submit() rejects a job whose run is not a function by a TypeError, and registers nothing",
    "takes a value for a function",
    (inner) =>
      changeJobs(inner, (job) => (typeof job.run === "function" ? job : { ...job, run: () => job.run })),
  ),
  {
    ...wrong(badOption, "makes the best of it", () => ({})),
    create: ({ name, maxConcurrent, onEvent }) =>
      createLane({ name: name || "lane", maxConcurrent: Math.trunc(Math.abs(maxConcurrent)) || 0, onEvent }),
  },
  {
    ...wrong(badOption, "does not say which", () => ({})),
    create: (options) => {
      try {
        return createLane(options);
      } catch {
        throw new TypeError("a bad option");
      }
    },
  },
  wrong(badTime, "holds until any time", (inner) => ({
    holdUntil: async (at, reason) => {
      if (Number.isFinite(at)) await inner.holdUntil(at, reason);
    },
  })),
  wrong(badTime, "closes with any grace", (inner) => ({
    close: ({ graceMs = 0 } = {}) => inner.close({ graceMs: graceMs >= 0 ? graceMs : 0 }),
  })),
];
