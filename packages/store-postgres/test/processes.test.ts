import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { newJob, openStore, useServer } from "./open-store.ts";

const { url } = useServer();
const script = join(import.meta.dirname, "fixtures/child.ts");
const all = { limit: Number.POSITIVE_INFINITY };

interface Child {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed so many lines. */
  printed(count: number): Promise<void>;
  /** Resolves with everything that it printed, once it has ended. */
  readonly ended: Promise<readonly string[]>;
}

function start(schema: string, owner: string, task: "enqueue" | "compete" | "adopt"): Child {
  const child = spawn(process.execPath, [...process.execArgv, script, url(), schema, owner, task], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(() => lines);
  const printed = async (count: number): Promise<void> => {
    while (lines.length < count) await once(reader, "line");
  };
  return { process: child, lines, printed, ended };
}

test("every job that was acknowledged before a kill -9 is there, and nothing is left open on the server", async () => {
  const { store, schema, pool } = openStore(url());
  await store.migrate();
  const children = ["one", "two"].map((owner) => start(schema, owner, "enqueue"));
  for (const child of children) {
    await child.printed(200);
    child.process.kill("SIGKILL");
  }
  const acknowledged = await Promise.all(children.map(({ ended }) => ended));
  const rows = await store.listQueuedJobs("llm", all);
  const ids = rows.map(({ jobId }) => jobId);
  for (const [index, owner] of ["one", "two"].entries()) {
    const own = acknowledged[index] ?? [];
    expect(own.length).toBeGreaterThanOrEqual(200);
    expect(ids.filter((id) => id.startsWith(owner)).slice(0, own.length)).toEqual(own);
    // A commit that came just before the end is there though nobody was told; none has a gap before it.
    const numbers = ids.filter((id) => id.startsWith(owner)).map((id) => Number(id.split("-")[1]));
    expect(numbers).toEqual(numbers.map((_, place) => place));
  }
  expect(await store.listLeases("llm")).toHaveLength(2);
  for (const owner of ["one", "two"]) {
    const adoption = { lane: "llm", from: { owner, count: 1 }, to: "three", ...all };
    expect((await store.adoptJobs(adoption)).length).toBeGreaterThanOrEqual(200);
  }
  const text = "select from pg_stat_activity where state like 'idle in transaction%'";
  expect((await pool.query(text)).rowCount).toBe(0);
});

test("of several processes that enqueue the same ids each id is accepted in one", async () => {
  const { store, schema } = openStore(url());
  const children = ["one", "two", "three"].map((owner) => start(schema, owner, "compete"));
  const accepted = await Promise.all(children.map(({ ended }) => ended));
  const rows = await store.listQueuedJobs("llm", all);
  expect(rows).toHaveLength(300);
  for (const [index, owner] of ["one", "two", "three"].entries()) {
    const own = rows.filter((row) => row.owner === owner).map(({ jobId }) => jobId);
    // Each enqueued in an order of its own, and sequence follows it.
    expect(own).toEqual(accepted[index]);
  }
});

test("several processes that adopt at once share no job and leave none", async () => {
  const { store, schema } = openStore(url());
  const jobs = Array.from({ length: 150 }, () => newJob({ owner: "gone" }));
  await Promise.all(jobs.map((job) => store.enqueueJob(job)));
  const children = ["one", "two", "three"].map((owner) => start(schema, owner, "adopt"));
  const adopted = (await Promise.all(children.map(({ ended }) => ended))).flat();
  expect(adopted.toSorted()).toEqual(jobs.map(({ jobId }) => jobId).toSorted());
  expect((await store.listLeases("llm")).map(({ owner }) => owner)).not.toContain("gone");
});
