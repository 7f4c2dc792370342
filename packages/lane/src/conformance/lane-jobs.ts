import type { Job, JobContext } from "../job.ts";

/** The code of a job by what a lane stores of it. It throws for what the suite did not give out. */
export type LaneHandlers = (
  name: string | undefined,
  metadata: Uint8Array | undefined,
) => (context: JobContext) => unknown;

/** What a test wants of a job's code. */
export type Work = (context: JobContext) => unknown;

export type JobFields = Partial<Omit<Job<unknown>, "run" | "name" | "metadata">>;

/** What the code of one lane's jobs did. */
export interface Trace {
  /** Ids of the jobs whose code was entered, in that order. */
  readonly entered: string[];
  /** Jobs whose code has been entered and has not settled. */
  running: number;
  /** The most that ever ran at once. */
  most: number;
}

/** The jobs of one test. A lane that takes no closures finds their code by name and metadata. */
export interface JobBook {
  readonly handlers: LaneHandlers;
  readonly newJob: (trace: Trace, work: Work, fields?: JobFields) => Job<unknown>;
}

/** The handler that runs what the test has written under the token in its metadata. */
const workName = "work";
/** The handler that gives its metadata back, as numbers. */
export const bytesName = "bytes";

export function jobBook(unique: (kind: string) => string): JobBook {
  const works = new Map<string, Work>();
  const handlers: LaneHandlers = (name, metadata = new Uint8Array()) => {
    if (name === bytesName) return () => [...metadata];
    const work = name === workName ? works.get(new TextDecoder().decode(metadata)) : undefined;
    if (work === undefined) throw new Error(`Cannot run "${name}": the suite has no such handler`);
    return work;
  };
  const newJob: JobBook["newJob"] = (trace, work, fields = {}) => {
    const token = unique("token");
    const metadata = new TextEncoder().encode(token);
    works.set(token, traced(trace, work));
    return { id: unique("job"), ...fields, name: workName, metadata, run: handlers(workName, metadata) };
  };
  return { handlers, newJob };
}

function traced(trace: Trace, work: Work): Work {
  return (context) => {
    trace.entered.push(context.jobId);
    trace.running += 1;
    trace.most = Math.max(trace.most, trace.running);
    const leave = (): void => void (trace.running -= 1);
    try {
      return Promise.resolve(work(context)).finally(leave);
    } catch (error) {
      leave();
      throw error;
    }
  };
}
