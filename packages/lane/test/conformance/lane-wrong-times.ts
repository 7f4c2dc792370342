import { LaneError } from "../../src/index.ts";
import { limitedLane, poorSupports } from "./lane-limited.ts";
import {
  changeContext,
  changeJobs,
  freesSlotOnAbort,
  wrong,
  type WrongLane,
  wrongOptions,
} from "./lane-wrong.ts";

const hourMs = 3_600_000;
const holds = "holdUntil() starts nothing before its instant, and of several the latest counts";
const heldUntil = "holdUntil() lets what waits start once its instant has come";
const times =
  "timeoutMs aborts the code's signal, rejects with LANE_TIMEOUT, and keeps the slot until the code settles";
const byWeight =
  "a rate window by weight adds up the weights, and what a job settles takes the place of its weight";

/** Lanes that hold jobs, time them out or admit them at a wrong time. */
export const wrongTimes: readonly WrongLane[] = [
  wrong(holds, "knows no holds", () => ({ holdUntil: async () => {} })),
  wrong(holds, "forgets a hold for a later call", (inner, { maxConcurrent }) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return {
      holdUntil: async (at) => {
        clearTimeout(timer);
        await inner.setMaxConcurrent(0);
        timer = setTimeout(() => void inner.setMaxConcurrent(maxConcurrent), Math.max(0, at - Date.now()));
      },
    };
  }),
  wrong(holds, "stops what runs", (inner) => {
    const running: string[] = [];
    return {
      ...changeContext(inner, ({ jobId }) => {
        running.push(jobId);
        return {};
      }),
      holdUntil: async (at, reason) => {
        for (const jobId of running) await inner.abort(jobId);
        await inner.holdUntil(at, reason);
      },
    };
  }),
  wrong(heldUntil, "knows no holds", () => ({ holdUntil: async () => {} })),
  wrong(heldUntil, "never wakes up", (inner) => ({
    holdUntil: (at, reason) => inner.holdUntil(at + hourMs, reason),
  })),
  wrong(
    "holdUntil() of an instant that has passed does nothing",
    "takes it for a length of time",
    (inner) => ({
      holdUntil: (at, reason) => inner.holdUntil(Date.now() + Math.abs(at), reason),
    }),
  ),
  wrong(times, "frees the slot at once", freesSlotOnAbort),
  wrong(times, "lets code run for ever", (inner) =>
    changeJobs(inner, (job) => ({ ...job, timeoutMs: undefined })),
  ),
  wrong("timeoutMs does not count the time in the queue", "counts from submit on", (inner) => ({
    submit: (job, options) => {
      const controller = new AbortController();
      const timedOut = new LaneError("LANE_TIMEOUT", "too slow");
      if (job.timeoutMs) setTimeout(() => controller.abort(timedOut), job.timeoutMs);
      return inner.submit(job, { ...options, signal: controller.signal });
    },
  })),
  wrongOptions(
    "a rate window by job starts no more jobs than its limit, however many slots are free",
    "starts one more",
    ({ rate = [], ...options }) => ({
      ...options,
      rate: rate.map((window) => ({ ...window, limit: window.limit + 1 })),
    }),
  ),
  wrongOptions(
    "a rate window lets the next job start once it has passed",
    "has windows that never pass",
    ({ rate = [], ...options }) => ({
      ...options,
      rate: rate.map((window) => ({ ...window, windowMs: hourMs })),
    }),
  ),
  wrongOptions(byWeight, "knows no windows", (options) => ({ ...options, rate: undefined })),
  wrong(byWeight, "does not settle", (inner) => changeContext(inner, () => ({ settleWeight: () => {} }))),
  wrong(byWeight, "forgets the weight of what has ended", (inner) =>
    changeContext(inner, ({ settleWeight }) => ({ settleWeight: () => settleWeight(0) })),
  ),
  wrong(
    "a weight that no rate window could ever admit is refused with LANE_TOO_HEAVY and registers nothing",
    "makes it lighter",
    (inner) => changeJobs(inner, (job) => ({ ...job, weight: Math.min(10, job.weight ?? 1) })),
  ),
  {
    title: "rate is refused with LANE_UNSUPPORTED at the creation of a lane that has none",
    does: "takes the option and has no windows",
    supports: poorSupports,
    create: (options, handlers) => limitedLane(poorSupports, { ...options, rate: undefined }, handlers),
  },
];
