import { createLane, LaneError } from "../../src/index.ts";
import { poorSupports, richSupports } from "./lane-limited.ts";
import {
  changeContext,
  changeJobs,
  changeResults,
  eventually,
  liar,
  wrong,
  type WrongLane,
} from "./lane-wrong.ts";

const named = "every lane has the name that it was given, and supports what was declared";
const queued = "submit() resolves once the job is queued, with a ticket that leads to its end";
const ran = "run() resolves with what the function gives, and rejects with the very error that it threw";
const byName =
  "the handler of a job's name gets its metadata byte for byte, and the job's own function never runs";
const duplicate =
  "submit() of a known id rejects with LANE_DUPLICATE and where its job stands, and makes no second job";
const ended = "an id whose job has ended is forgotten by every method, or known to every one";

/** Lanes that take jobs in, hand out their ends, or know their ids in a wrong way. */
export const wrongSubmits: readonly WrongLane[] = [
  wrong(named, "has a name of its own", () => ({ name: "lane" })),
  wrong(named, "supports something else than was declared", () => ({
    supports: { ...richSupports, rate: false },
  })),
  wrong(queued, "gives a ticket of another job", (inner) => ({
    submit: async (job, options) => {
      const { result } = await inner.submit(job, options);
      return { jobId: `${job.id}-1`, result, placement: async () => undefined };
    },
  })),
  wrong(queued, "resolves only when the job has ended", (inner) => ({
    submit: async (job, options) => {
      const ticket = await inner.submit(job, options);
      await ticket.result.catch(() => {});
      return ticket;
    },
  })),
  wrong(
    "submit() gives a ticket whose result can be ignored when the job fails",
    "fails where the job fails",
    (inner) => ({
      submit: async (job, options) => {
        const ticket = await inner.submit(job, options);
        await ticket.result;
        return ticket;
      },
    }),
  ),
  wrong("submitWait() resolves with what the code gives", "gives every value as text", (inner) =>
    changeResults(inner, async (result) => String(await result)),
  ),
  wrong("submitWait() rejects with what the code threw, at once or later", "hides the failure", (inner) =>
    changeResults(inner, (result) =>
      result.catch(() => {
        throw new Error("the job failed");
      }),
    ),
  ),
  wrong(
    "code is given its job's id, its lane's name and a signal that has not aborted",
    "tells code nothing of its lane",
    (inner) => changeContext(inner, () => ({ lane: "" })),
  ),
  wrong(ran, "copies what a function gives", (inner) => ({
    run: async (work, options) => structuredClone(await inner.run(work, options)),
  })),
  wrong(ran, "makes an error of its own", (inner) => ({
    run: (work, options) =>
      inner.run(work, options).catch((error: unknown) => {
        throw new Error(String(error));
      }),
  })),
  wrong("run() belongs to its signal and waits for its turn", "ignores the signal", (inner) => ({
    run: (work) => inner.run(work),
  })),
  wrong("run() belongs to its signal and waits for its turn", "runs functions at once", (inner) => ({
    run: (work, options) => createLane({ name: inner.name, maxConcurrent: 1 }).run(work, options),
  })),
  liar(
    "the function of a job runs, whatever its name and metadata say",
    "runs what the name says",
    { ...richSupports, closures: false },
    richSupports,
  ),
  liar(
    "run() is refused with LANE_UNSUPPORTED by a lane that takes no closures",
    "runs functions after all",
    richSupports,
    { ...richSupports, closures: false },
  ),
  liar(
    "a job without a name is refused with LANE_UNSUPPORTED by a lane that takes no closures",
    "runs functions after all",
    richSupports,
    { ...richSupports, closures: false },
  ),
  liar(byName, "runs functions after all", richSupports, { ...richSupports, closures: false }),
  wrong(
    byName,
    "takes metadata for text",
    (inner) =>
      changeJobs(inner, (job) => ({
        ...job,
        metadata: new TextEncoder().encode(new TextDecoder().decode(job.metadata)),
      })),
    poorSupports,
  ),
  wrong(duplicate, "makes a second job", (inner) => {
    let count = 0;
    return changeJobs(inner, (job) => ({ ...job, id: `${job.id}-${(count += 1)}` }));
  }),
  wrong(duplicate, "does not say where the job stands", (inner) => ({
    submit: (job, options) =>
      inner.submit(job, options).catch((error: LaneError) => {
        throw new LaneError(error.code, error.message);
      }),
  })),
  wrong(
    "submit() of one id many times at once accepts one of them",
    "looks first and remembers later",
    (inner) => {
      const known = new Set<string>();
      let count = 0;
      return {
        submit: async (job, options) => {
          if (known.has(job.id)) throw new LaneError("LANE_DUPLICATE", "known");
          await inner.stats();
          known.add(job.id);
          return inner.submit({ ...job, id: `${job.id}-${(count += 1)}` }, options);
        },
      };
    },
  ),
  wrong(ended, "remembers an ended job in one method only", (inner) => ({
    cancel: (jobId) =>
      inner.cancel(jobId).catch(() => {
        throw new LaneError("LANE_NOT_QUEUED", "it has ended");
      }),
  })),
  wrong("a job may submit to its own full lane without waiting", "accepts a job when it starts", (inner) => ({
    submit: async (job, options) => {
      let hasStarted = false;
      const run: typeof job.run = (context) => {
        hasStarted = true;
        return job.run(context);
      };
      const ticket = await inner.submit({ ...job, run }, options);
      await eventually(async () => hasStarted);
      return ticket;
    },
  })),
];
