import { LaneError } from "../../src/index.ts";
import { clusterLane, limitedLane, richSupports } from "./lane-limited.ts";
import { eventually, freesSlotOnAbort, wrong, type WrongLane, wrongOptions } from "./lane-wrong.ts";

const runs = "a lane runs as many jobs at a time as its cap says, and never more";
const badCap = "setMaxConcurrent() refuses a fraction, a negative number and NaN, and changes nothing";
const full =
  "submit() to a full queue rejects with LANE_FULL, its limit and what was there, and registers nothing";
const cluster = { ...richSupports, capScope: "cluster" } as const;

/** Lanes that run more or less code than they may, or take in more jobs. */
export const wrongCaps: readonly WrongLane[] = [
  wrongOptions(runs, "runs one job more", (options) => ({
    ...options,
    maxConcurrent: options.maxConcurrent + 1,
  })),
  wrongOptions(runs, "runs one job at a time", (options) => ({ ...options, maxConcurrent: 1 })),
  wrong(
    "the cap holds on code that ignores its timeout, abort() and its signal",
    "frees a slot when nobody waits for the code",
    freesSlotOnAbort,
  ),
  wrong(
    "setMaxConcurrent() starts what fits when it raises the cap, and no more",
    "raises the cap by one more",
    (inner) => ({
      setMaxConcurrent: (maxConcurrent) => inner.setMaxConcurrent(maxConcurrent + 1),
    }),
  ),
  wrong(
    "setMaxConcurrent() starts what fits when it raises the cap, and no more",
    "starts nothing before a job ends",
    (inner) => ({
      setMaxConcurrent: async (maxConcurrent) => {
        const { finished } = await inner.stats();
        void eventually(async () => (await inner.stats()).finished > finished).then(() =>
          inner.setMaxConcurrent(maxConcurrent),
        );
      },
    }),
  ),
  wrong(
    "setMaxConcurrent() that lowers the cap aborts nothing, and nothing starts before the code is below it",
    "cannot lower its cap",
    (inner) => ({
      setMaxConcurrent: async (maxConcurrent) => {
        const { maxConcurrent: current } = await inner.stats();
        await inner.setMaxConcurrent(Math.max(current, maxConcurrent));
      },
    }),
  ),
  wrong("setMaxConcurrent(0) holds the lane until the cap is raised", "takes 0 for no limit", (inner) => ({
    setMaxConcurrent: (maxConcurrent) => inner.setMaxConcurrent(maxConcurrent || Number.POSITIVE_INFINITY),
  })),
  wrong(badCap, "makes a cap of any number", (inner) => ({
    setMaxConcurrent: (maxConcurrent) => inner.setMaxConcurrent(Math.max(1, Math.round(maxConcurrent) || 1)),
  })),
  wrong(badCap, "refuses a bad cap and changes its own", (inner) => ({
    setMaxConcurrent: async (maxConcurrent) => {
      await inner.setMaxConcurrent(2);
      await inner.setMaxConcurrent(maxConcurrent);
    },
  })),
  wrong("a job may change the cap of its own lane", "changes its cap when it is idle", (inner) => ({
    setMaxConcurrent: async (maxConcurrent) => {
      await eventually(async () => (await inner.stats()).running === 0);
      await inner.setMaxConcurrent(maxConcurrent);
    },
  })),
  {
    title: "two lanes of one name share one cap",
    does: "has a cap of its own",
    supports: cluster,
    create: (options, handlers) => limitedLane(cluster, options, handlers),
  },
  {
    title: "two lanes of one name have a cap each",
    does: "shares its cap",
    supports: richSupports,
    create: clusterLane(richSupports),
  },
  wrongOptions(full, "takes any number of jobs", (options) => ({ ...options, maxQueued: undefined })),
  wrong(full, "says nothing of the limit", (inner) => ({
    submit: (job, options) =>
      inner.submit(job, options).catch((error: LaneError) => {
        throw new LaneError(error.code, error.message, { retryable: true });
      }),
  })),
  wrong(
    "of many submits at once no more are accepted than the queue has room for",
    "counts first and queues later",
    (inner, { maxQueued = Number.POSITIVE_INFINITY }) => ({
      submit: async (job, options) => {
        const { queued } = await inner.stats();
        if (queued >= maxQueued) throw new LaneError("LANE_FULL", "full");
        return inner.submit(job, { ...options, admit: "always" });
      },
    }),
  ),
  wrong('admit: "always" takes a job into a full queue', "treats all jobs alike", (inner) => ({
    submit: (job) => inner.submit(job),
  })),
];
