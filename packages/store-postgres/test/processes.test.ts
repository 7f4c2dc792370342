import { expect, test } from "vitest";
import { newJob, openStore, useServer } from "./open-store.ts";
import { runFixture, type RunningFixture } from "./run-fixture.ts";

const { url } = useServer();
const all = { limit: Number.POSITIVE_INFINITY };

function start(schema: string, owner: string, task: "enqueue" | "compete" | "adopt"): RunningFixture {
  return runFixture("child.ts", url(), schema, owner, task);
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
