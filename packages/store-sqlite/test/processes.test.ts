import { expect, test } from "vitest";
import { openSqliteStore, type PersistedState } from "../src/index.ts";
import { newJob } from "./open-parts.ts";
import { runFixture } from "./run-fixture.ts";
import { temporaryFile } from "./temporary-file.ts";

const order: readonly PersistedState[] = ["queued", "running", "finished"];

/** The steps that a process said were answered, and that are not in the file. */
async function findLost(file: string, lines: readonly string[]): Promise<string[]> {
  await using store = await openSqliteStore({ file });
  const lost: string[] = [];
  for (const line of lines) {
    const [step, jobId = ""] = line.split(" ");
    const state = (await store.getJob(jobId))?.state;
    if (state === undefined || order.indexOf(state) < order.indexOf(step as PersistedState)) lost.push(line);
  }
  return lost;
}

test("a process killed in the middle of many calls loses nothing that was answered", async () => {
  const file = await temporaryFile();
  const runner = runFixture("run-jobs.ts", file, "a", "100");
  await runner.writes(3_000);
  runner.process.kill("SIGKILL");
  const lines = await runner.lines();
  expect(lines.length).toBeGreaterThanOrEqual(3_000);
  expect(await findLost(file, lines)).toEqual([]);
});

test("a process killed while its log is brought into the database loses nothing that was answered", async () => {
  const file = await temporaryFile();
  // Large enough that the thread for checkpoints is at work again and again.
  const runner = runFixture("run-jobs.ts", file, "a", "12000");
  await runner.writes(4_000);
  runner.process.kill("SIGKILL");
  const lines = await runner.lines();
  expect(lines.length).toBeGreaterThanOrEqual(3_000);
  expect(await findLost(file, lines)).toEqual([]);
});

test("two processes on one file keep every job, each in its own order", async () => {
  const file = await temporaryFile();
  const runners = ["a", "b"].map((owner) => runFixture("run-jobs.ts", file, owner, "100", "500"));
  const lines = (await Promise.all(runners.map((runner) => runner.lines()))).flat();
  expect(lines).toHaveLength(3_000);
  expect(await findLost(file, lines)).toEqual([]);
  await using store = await openSqliteStore({ file });
  const rows = await Promise.all(
    ["a", "b"].flatMap((owner) =>
      Array.from({ length: 500 }, (_, index) => store.getJob(`${owner}-${index + 1}`)),
    ),
  );
  const sequences = rows.map((row) => row?.sequence ?? Number.NaN);
  expect(new Set(sequences).size).toBe(1_000);
  expect(await store.purgeFinishedJobs({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY })).toBe(1_000);
});

test("of a process that starts jobs and one that cancels them exactly one gets each job", async () => {
  const file = await temporaryFile();
  const jobIds = Array.from({ length: 2_000 }, (_, index) => `job-${index}`);
  await using store = await openSqliteStore({ file });
  await Promise.all(jobIds.map((jobId) => store.enqueueJob(newJob(jobId))));
  const runners = ["running", "cancelled"].map((to) => runFixture("move-jobs.ts", file, to));
  const moved = (await Promise.all(runners.map((runner) => runner.lines()))).flat();
  expect(moved.filter((line) => line !== "ready").toSorted()).toEqual(jobIds.toSorted());
});

test("a job that one process accepted is there for the other, and so is each of its steps", async () => {
  const file = await temporaryFile();
  await using store = await openSqliteStore({ file });
  const runner = runFixture("run-jobs.ts", file, "a", "0", "50");
  await runner.writes(1);
  await store.enqueueJob(newJob("here"));
  const lines = await runner.lines();
  expect(lines).toHaveLength(150);
  expect((await store.getJob("a-50"))?.state).toBe("finished");
});
