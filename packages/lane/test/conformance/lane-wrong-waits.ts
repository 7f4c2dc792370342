import { AsyncLocalStorage } from "node:async_hooks";
import { type Lane, LaneError } from "../../src/index.ts";
import { poorSupports, richSupports } from "./lane-limited.ts";
import { changeContext, changeJobs, liar, wrong, type WrongLane } from "./lane-wrong.ts";

const free = "a job may wait for another of its lane where a slot is free";
const refused =
  "a wait inside a job of a full lane rejects with LANE_DEADLOCK and the chain, and its job is taken out";
const ofTicket =
  "a ticket's result that a job of a full lane waits for rejects with LANE_DEADLOCK, and its job stays queued";
const ofTwo =
  "of two jobs that hold both slots and wait for a job each, one wait is refused and the rest comes to its end";
const notRefused =
  "a wait inside a job of a full lane is not refused by a lane without deadlock, and ends when a slot comes";
const depth = "yieldWhile() lets a depth above the number of slots finish";
const ahead =
  "yieldWhile() gives the slot to others, and takes one again ahead of every queued job and within the cap";
const outcome = "yieldWhile() resolves with what its wait gives, and rejects with what its wait rejects with";

const sightless = { ...richSupports, deadlock: false };

/** Refuses or changes what a job's code does in its own lane. */
function insideJobs(inner: Lane, replace: () => Partial<Lane>): Partial<Lane> {
  const inside = new AsyncLocalStorage<boolean>();
  const outer = changeJobs(inner, (job) => ({
    ...job,
    run: (context) => inside.run(true, () => job.run(context)),
  }));
  return {
    ...outer,
    submitWait: (job, options) =>
      ((inside.getStore() && replace().submitWait) || outer.submitWait || inner.submitWait)(job, options),
  };
}

/** Lanes that deal wrongly with jobs that wait for jobs of their own lane. */
export const wrongWaits: readonly WrongLane[] = [
  wrong(free, "refuses every wait inside a job", (inner) =>
    insideJobs(inner, () => ({
      submitWait: () => Promise.reject(new LaneError("LANE_DEADLOCK", "no")),
    })),
  ),
  liar(refused, "sees no deadlock", sightless, richSupports),
  wrong(refused, "tells no chain", (inner) => ({
    submitWait: (job, options) =>
      inner.submitWait(job, options).catch((error: unknown) => {
        if (error instanceof LaneError && error.code === "LANE_DEADLOCK")
          throw new LaneError("LANE_DEADLOCK", error.message);
        throw error;
      }),
  })),
  wrong(refused, "leaves the job queued", (inner) => ({
    submitWait: async (job, options) => (await inner.submit(job, options)).result,
  })),
  liar(ofTicket, "sees no deadlock", sightless, richSupports),
  wrong(ofTicket, "takes the job out", (inner) => ({
    submit: async (job, options) => {
      const ticket = await inner.submit(job, options);
      return {
        jobId: job.id,
        get result() {
          const { result } = ticket;
          result.catch((error: unknown) => {
            if (error instanceof LaneError && error.code === "LANE_DEADLOCK") void inner.cancel(job.id);
          });
          return result;
        },
        placement: () => ticket.placement(),
      };
    },
  })),
  liar(ofTwo, "sees no deadlock", sightless, richSupports),
  liar(notRefused, "refuses it", { ...poorSupports, deadlock: true }, poorSupports),
  liar(
    "yieldWhile() is refused with LANE_UNSUPPORTED by a lane that cannot yield, and its wait never begins",
    "yields after all",
    { ...poorSupports, yield: true },
    poorSupports,
  ),
  wrong(depth, "keeps the slot", (inner) =>
    changeContext(inner, () => ({ yieldWhile: async (wait) => wait() })),
  ),
  wrong(
    ahead,
    "comes back as the last in the queue",
    (inner) =>
      changeContext(inner, ({ yieldWhile }, job) => ({
        yieldWhile: (wait) =>
          yieldWhile(async () => {
            const value = await wait();
            await inner.submitWait({ id: `${job.id}-back`, run: () => {} });
            return value;
          }),
      })),
    sightless,
  ),
  wrong(ahead, "comes back above the cap", (inner) => {
    let yielded = 0;
    const raise = async (by: number): Promise<void> => {
      yielded += by;
      await inner.setMaxConcurrent((await inner.stats()).maxConcurrent + by);
    };
    return {
      ...changeContext(inner, () => ({
        yieldWhile: async (wait) => {
          await raise(1);
          try {
            return await wait();
          } finally {
            await raise(-1);
          }
        },
      })),
      stats: async () => ({ ...(await inner.stats()), yielded }),
    };
  }),
  wrong(outcome, "gives nothing", (inner) =>
    changeContext(inner, ({ yieldWhile }) => ({
      yieldWhile: async (wait) => {
        await yieldWhile(wait);
        return undefined as never;
      },
    })),
  ),
  wrong(outcome, "hides a failure", (inner) =>
    changeContext(inner, ({ yieldWhile }) => ({
      yieldWhile: (wait) =>
        yieldWhile(wait).catch(() => {
          throw new Error("the wait failed");
        }),
    })),
  ),
  wrong(
    "an abort rejects yieldWhile() at once, with the reason of the code's signal",
    "waits to the end",
    (inner) =>
      changeContext(inner, ({ yieldWhile }) => ({
        yieldWhile: (wait) => {
          const waiting = Promise.withResolvers<never>();
          return yieldWhile(wait).catch(() => waiting.promise);
        },
      })),
  ),
  wrong(
    "an abort rejects yieldWhile() at once, with the reason of the code's signal",
    "has a reason of its own",
    (inner) =>
      changeContext(inner, ({ yieldWhile }) => ({
        yieldWhile: (wait) =>
          yieldWhile(wait).catch(() => {
            throw new Error("aborted");
          }),
      })),
  ),
];
