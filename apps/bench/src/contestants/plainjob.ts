import { join } from "node:path";
import { defineQueue, defineWorker } from "plainjob";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import type { Work } from "./contestant.ts";
import type { DurableContestant } from "./durable-contestant.ts";
import { connectPlainjob } from "./plainjob-connection.ts";

const type = "bench";
const silent = { error: console.error, warn: console.warn, info: () => {}, debug: () => {} };

interface Waiting {
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** plainjob with a worker for each slot, which look for jobs as often as a timer allows. */
export const plainjob: DurableContestant = {
  name: "plainjob",
  kind: "peer",
  note: "on node:sqlite, of which it gets what it uses of better-sqlite3; its workers look for jobs every 1 ms",
  open: async (concurrency) => {
    const folder = await makeTemporaryFolder();
    const file = join(folder, "plainjob.db");
    const queue = defineQueue({ connection: connectPlainjob(file), logger: silent });
    const waiting = new Map<number, Waiting>();
    const options = {
      queue,
      logger: silent,
      pollIntervall: 1,
      onCompleted: ({ id }: { id: number }) => waiting.get(id)?.resolve(),
      onFailed: ({ id }: { id: number }, error: string) => waiting.get(id)?.reject(new Error(error)),
    };
    const workers = Array.from({ length: concurrency }, () =>
      defineWorker(type, ({ id }) => waiting.get(id)?.work(), options),
    );
    const running = workers.map((worker) => worker.start());
    return {
      add: (work, { id, metadata }) =>
        new Promise<void>((resolve, reject) => {
          // It stores JSON only.
          const job = queue.add(type, { id, metadata: Buffer.from(metadata).toString("latin1") });
          waiting.set(job.id, { work, resolve, reject });
        }),
      close: async () => {
        await Promise.all(workers.map((worker) => worker.stop()));
        await Promise.all(running);
        queue.close();
        await removeTemporaryFolder(folder);
      },
    };
  },
};
