import { type Job, Queue, type QueueOptions, Worker } from "bullmq";
import type { SharedServer } from "../servers/shared-server.ts";
import type { Work } from "./contestant.ts";
import type { DurableContestant, DurableQueue } from "./durable-contestant.ts";

interface Waiting {
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

let queues = 0;

/** BullMQ on Redis. */
export function bullmqOnRedis(server: SharedServer): DurableContestant {
  return {
    name: "BullMQ on Redis",
    kind: "peer",
    open: async (concurrency) => {
      const connection = { url: await server.url(), maxRetriesPerRequest: null };
      return openBullmq(concurrency, connection);
    },
  };
}

/** Queue and worker in one process, as ours are. Whoever added a job learns of its end from the worker, without a detour. */
async function openBullmq(
  concurrency: number,
  connection: QueueOptions["connection"],
): Promise<DurableQueue> {
  const name = `bench-${process.pid}-${(queues += 1)}`;
  const waiting = new Map<string, Waiting>();
  const of = (job?: Job): Waiting | undefined => waiting.get(job?.id ?? "");
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, async (job) => of(job)?.work(), { connection, concurrency });
  worker.on("completed", (job) => of(job)?.resolve());
  worker.on("failed", (job, error) => of(job)?.reject(error));
  worker.on("error", (error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    add: (work, { id, metadata }) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(id, { work, resolve, reject });
        const data = Buffer.from(metadata).toString("latin1");
        queue.add("job", data, { jobId: id }).catch(reject);
      }),
    close: async () => {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
