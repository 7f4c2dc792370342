import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createBullmqLane } from "@executus/lane-bullmq";
import type { SharedServer } from "../servers/shared-server.ts";
import { removeKeys } from "../servers/remove-keys.ts";

/** What `cluster` measures. */
export const clusterColumns = ["jobs/s"];
/** What a worker of `cluster` is told. */
export interface ClusterOrder {
  readonly url: string;
  readonly name: string;
  readonly maxConcurrent: number;
}

/** So many slots has each process, so that the cap grows with their number. */
const slotsPerProcess = 8;
const extension = import.meta.filename.endsWith(".ts") ? "ts" : "js";
const workerMain = join(import.meta.dirname, `cluster-main.${extension}`);

let lanes = 0;

/** Jobs that wait for 5 ms, in several processes: how many in a second, from the moment at which all of them may begin. */
export async function cluster(
  server: SharedServer,
  processes: number,
  count: number,
): Promise<readonly [perSecond: number]> {
  const url = await server.url();
  const name = `cluster-${process.pid}-${(lanes += 1)}`;
  const maxConcurrent = processes * slotsPerProcess;
  const lane = createBullmqLane({
    name,
    connection: url,
    maxConcurrent: 0,
    maxConcurrentHere: 0,
    lockMs: 60_000,
    answerTimeoutMs: Number.POSITIVE_INFINITY,
    reconstruct: () => () => undefined,
  });
  const order: ClusterOrder = { url, name, maxConcurrent: 0 };
  const workers = Array.from({ length: processes }, () => fork(workerMain, [JSON.stringify(order)]));
  try {
    await Promise.all(workers.map((worker) => once(worker, "message")));
    const ids = Array.from({ length: count }, (_, index) => `job-${index}`);
    const submit = (id: string) =>
      lane.submit({ id, callerId: `caller-${id.length}`, name: "wait", run: () => undefined });
    const tickets = await Promise.all(ids.map(submit));
    const startMs = performance.now();
    await lane.setMaxConcurrent(maxConcurrent);
    await Promise.all(tickets.map(({ result }) => result));
    return [(count * 1_000) / (performance.now() - startMs)];
  } finally {
    await Promise.all(workers.map(end));
    await lane.close();
    await removeKeys(url, `executus:${name}:*`);
  }
}

async function end(worker: ChildProcess): Promise<void> {
  const ended = once(worker, "exit");
  worker.send("close");
  await ended;
}
