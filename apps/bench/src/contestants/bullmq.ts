import { createPostgresBackend, type Job, Queue, Worker } from "bullmq";
import type { SharedServer } from "../servers/shared-server.ts";
import type { Work } from "./contestant.ts";
import type { DurableContestant, DurableQueue } from "./durable-contestant.ts";

interface Waiting {
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

let queues = 0;

/** BullMQ as it is mostly used. */
export function bullmqOnRedis(server: SharedServer): DurableContestant {
  return {
    name: "BullMQ on Redis",
    kind: "peer",
    open: async (concurrency) => {
      const options = { connection: { url: await server.url(), maxRetriesPerRequest: null } };
      const name = nextName();
      return queueOf({
        queue: new Queue(name, options),
        work: (process) => new Worker(name, process, { ...options, concurrency }),
      });
    },
  };
}

export function bullmqOnPostgres(server: SharedServer): DurableContestant {
  return {
    name: "BullMQ on PostgreSQL",
    kind: "peer",
    open: async (concurrency) => {
      const options = { connection: { connectionString: await server.url(), max: 16, migrate: true } };
      const name = nextName();
      return queueOf({
        queue: new Queue(name, options, createPostgresBackend),
        work: (process) => new Worker(name, process, { ...options, concurrency }, createPostgresBackend),
      });
    },
  };
}

function nextName(): string {
  return `bench-${process.pid}-${(queues += 1)}`;
}

/** What is used of both, whatever they store in. */
interface Parts {
  readonly queue: Pick<Queue, "waitUntilReady" | "add" | "obliterate" | "close">;
  readonly work: (process: (job: Job) => Promise<void>) => Consumer;
}

interface Consumer extends Pick<Worker, "waitUntilReady" | "close"> {
  on(event: "completed", listener: (job: Job) => void): unknown;
  on(event: "failed", listener: (job: Job | undefined, error: Error) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Queue and worker in one process, as ours are. Whoever added a job learns of its end from the worker, without a detour. */
async function queueOf({ queue, work }: Parts): Promise<DurableQueue> {
  const waiting = new Map<string, Waiting>();
  const of = (job?: Job): Waiting | undefined => waiting.get(job?.id ?? "");
  // The producer first: it makes the tables where there have to be some.
  await queue.waitUntilReady();
  const worker = work(async (job) => of(job)?.work());
  worker.on("completed", (job) => of(job)?.resolve());
  worker.on("failed", (job, error) => of(job)?.reject(error));
  worker.on("error", (error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  await worker.waitUntilReady();
  return {
    add: (job, { id, metadata }) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(id, { work: job, resolve, reject });
        queue.add("job", Buffer.from(metadata).toString("latin1"), { jobId: id }).catch(reject);
      }),
    close: async () => {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
