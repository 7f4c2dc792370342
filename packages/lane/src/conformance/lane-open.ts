import type { Job, JobContext, SubmitOptions } from "../job.ts";
import type { Lane } from "../lane.ts";
import type { JobBook, JobFields, Trace, Work } from "./lane-jobs.ts";

/** A lane of a test, and the jobs that the test makes for it. */
export interface OpenLane {
  readonly lane: Lane;
  readonly trace: Trace;
  /** A job that runs `work`. */
  readonly newJob: (work: Work, fields?: JobFields) => Job<unknown>;
  /** `submitWait()` of the lane, as a promise that may be ignored. */
  readonly wait: (job: Job<unknown>, options?: SubmitOptions) => Promise<unknown>;
  /** Submits a job that the test ends by hand, and whose code takes no notice of its signal. */
  readonly gate: (fields?: JobFields, options?: SubmitOptions) => Promise<Gate>;
  /** As `gate`, and resolves when its code runs. */
  readonly startGate: (fields?: JobFields, options?: SubmitOptions) => Promise<Gate>;
  /** Ends all gates, also those that do not run yet. */
  readonly release: () => void;
}

export interface Gate {
  readonly jobId: string;
  /** The end of its ticket. */
  readonly result: Promise<unknown>;
  /** What its code was given, once it runs. */
  readonly context: JobContext | undefined;
  readonly entered: boolean;
  readonly finish: (value?: string) => void;
  readonly fail: (error: Error) => void;
}

type Until = (what: string, condition: () => boolean) => Promise<void>;

export function openLane(lane: Lane, book: JobBook, until: Until): OpenLane {
  const trace: Trace = { entered: [], running: 0, most: 0 };
  const gates: Gate[] = [];

  const newJob: OpenLane["newJob"] = (work, fields) => book.newJob(trace, work, fields);
  const gate: OpenLane["gate"] = async (fields, options) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    // It may fail before its code runs.
    promise.catch(() => {});
    let context: JobContext | undefined;
    const job = newJob((given) => {
      context = given;
      return promise;
    }, fields);
    const ticket = await lane.submit(job, options);
    const added: Gate = {
      jobId: job.id,
      result: ticket.result,
      get context() {
        return context;
      },
      get entered() {
        return context !== undefined;
      },
      finish: (value = "done") => resolve(value),
      fail: reject,
    };
    gates.push(added);
    return added;
  };
  const wait: OpenLane["wait"] = (job, options) => {
    const result = lane.submitWait(job, options);
    result.catch(() => {});
    return result;
  };
  const startGate: OpenLane["startGate"] = async (fields, options) => {
    const added = await gate(fields, options);
    await until(`the job ${added.jobId} to start`, () => added.entered);
    return added;
  };
  const release = (): void => {
    for (const each of gates) each.finish();
  };
  return { lane, trace, newJob, wait, gate, startGate, release };
}
