import { statSync } from "node:fs";
import { openSqliteStore } from "../src/index.ts";
import { newJob } from "./open-parts.ts";

/** Enqueues so many megabytes of metadata, one in a transaction, and gives the longest that the log was. */
export async function fillStore(file: string, megabytes: number): Promise<number> {
  await using store = await openSqliteStore({ file });
  const metadata = new Uint8Array(2 ** 17).fill(1);
  let longest = 0;
  for (let index = 0; index < megabytes; index += 1) {
    const jobs = Array.from({ length: 8 }, (_, part) => newJob(`job-${index}-${part}`, { metadata }));
    await Promise.all(jobs.map((job) => store.enqueueJob(job)));
    longest = Math.max(longest, statSync(`${file}-wal`).size);
  }
  return longest;
}
