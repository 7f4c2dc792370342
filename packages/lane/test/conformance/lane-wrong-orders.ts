import { limitedLane, poorSupports, richSupports } from "./lane-limited.ts";
import { changeJobs, liar, wrong, type WrongLane, wrongOptions } from "./lane-wrong.ts";

const anyNumber = "priorities are told apart whatever the numbers, and the higher starts first";
const levels =
  "priorities from 0 up to below priorityLevels are told apart, and those outside count as the nearest";
const capped = "maxConcurrentPerCaller holds on running code and idles no slot that another caller could use";
const eight = { ...richSupports, priorityLevels: 8 };
const withAging = "a lower job starts when those above it have had the turns that their level is worth";

/** Lanes that start jobs in a wrong order, or treat their callers unfairly. */
export const wrongOrders: readonly WrongLane[] = [
  wrong(
    "jobs of one caller and one priority start in the order in which they were submitted",
    "starts the latest first",
    (inner) => {
      let count = 0;
      return changeJobs(inner, (job) => ({ ...job, priority: (count += 1) }));
    },
  ),
  wrong(anyNumber, "knows whole numbers only", (inner) =>
    changeJobs(inner, (job) => ({ ...job, priority: job.priority && Math.trunc(job.priority) })),
  ),
  wrong(anyNumber, "starts the lower first", (inner) =>
    changeJobs(inner, (job) => ({ ...job, priority: -(job.priority ?? 0) })),
  ),
  liar(levels, "tells fewer apart", { ...richSupports, priorityLevels: 4 }, eight),
  wrong(
    levels,
    "takes what is too high for the lowest",
    (inner) => changeJobs(inner, (job) => ({ ...job, priority: (job.priority ?? 0) % 8 })),
    eight,
  ),
  wrongOptions(
    "without aging no lower job starts while a higher one waits",
    "lets jobs age all the same",
    (options) => ({ ...options, aging: { turnsPerLevel: 4 } }),
  ),
  wrongOptions(withAging, "lets no job age", (options) => ({ ...options, aging: false })),
  wrong(withAging, "takes no notice of priorities", (inner) =>
    changeJobs(inner, (job) => ({ ...job, priority: 0 })),
  ),
  {
    title: "aging is refused with LANE_UNSUPPORTED at the creation of a lane that has none",
    does: "takes the option and has no aging",
    supports: poorSupports,
    create: (options, handlers) => limitedLane(poorSupports, { ...options, aging: undefined }, handlers),
  },
  wrong(
    "the first job of a caller starts within a few starts, however many another caller has queued",
    "knows no callers",
    (inner) => changeJobs(inner, (job) => ({ ...job, callerId: undefined })),
  ),
  wrong(
    "two callers take turns, and jobs without a caller are one caller together",
    "takes every job without a caller for a caller of its own",
    (inner) => changeJobs(inner, (job) => ({ ...job, callerId: job.callerId ?? job.id })),
  ),
  wrong(
    "two callers take turns, and jobs without a caller are one caller together",
    "serves jobs without a caller last",
    (inner) => changeJobs(inner, (job) => ({ ...job, priority: job.callerId === undefined ? -1e6 : 0 })),
  ),
  wrong("cancelling one's own queued jobs costs nobody a turn", "gives out turns at submit", (inner) => {
    const turns = new Map<string | undefined, number>();
    return changeJobs(inner, (job) => {
      const turn = (turns.get(job.callerId) ?? 0) + 1;
      turns.set(job.callerId, turn);
      return { ...job, callerId: undefined, priority: -turn };
    });
  }),
  wrongOptions(capped, "knows no cap for a caller", (options) => ({
    ...options,
    maxConcurrentPerCaller: undefined,
  })),
  wrongOptions(capped, "takes the cap of a caller for that of all", (options) => ({
    ...options,
    maxConcurrent: options.maxConcurrentPerCaller ?? options.maxConcurrent,
  })),
  {
    title: "maxConcurrentPerCaller is refused with LANE_UNSUPPORTED at the creation of a lane that has none",
    does: "takes the option and has no such cap",
    supports: poorSupports,
    create: (options, handlers) =>
      limitedLane(poorSupports, { ...options, maxConcurrentPerCaller: undefined }, handlers),
  },
];
