import type { JobRow } from "@executus/lane/persisted";
import { expect, test } from "vitest";
import { audit, type Verdict } from "../src/ledger/audit.ts";
import type { Entry, Word } from "../src/ledger/journal.ts";
import { planOf } from "../src/plan/job-plan.ts";

const workload = { seed: 1, isFlat: true, maxBytes: 40 };
const { kind, callerId, priority, metadata } = planOf("a", workload);

/** The row of the job "a" as it is after a life without troubles. */
const finished: JobRow = {
  jobId: "a",
  lane: "crash",
  owner: "one",
  callerId,
  priority,
  weight: 1,
  name: kind,
  metadata,
  sequence: 1,
  epoch: 1,
  state: "finished",
  interruptions: 0,
  enqueuedAt: 1,
  startedAt: 2,
  endedAt: 3,
};
const interrupted: JobRow = { ...finished, state: "failed", reason: "interrupted", epoch: 2 };
const unstarted = { startedAt: undefined };
const life: readonly Word[] = ["intent", "accepted", "started", "done"];

/** What is said of the job "a", of which this is written. */
function judge(words: readonly (Word | readonly [Word, ...string[]])[], row?: JobRow): Verdict {
  const entries = words.map((entry): Entry => {
    const [word, ...details] = typeof entry === "string" ? [entry] : entry;
    return { boot: "one", word, about: "a", details };
  });
  return audit({ entries, rows: new Map(row && [["a", row]]), workload });
}

const clean = { lost: [], startedTwice: [], leftRunning: [], faults: [] };

test("audit() has nothing to say of a job that was accepted, started once and finished", () => {
  expect(judge([...life, ["ended", "finished", "1"], "resolved"], finished)).toMatchObject({
    ...clean,
    accepted: 1,
  });
});

test.each([
  ["without a row", ["intent", "accepted"], undefined],
  ["still queued", ["intent", "accepted"], { ...finished, ...unstarted, state: "queued" }],
  ["failed without having started", ["intent", "accepted"], { ...interrupted, ...unstarted }],
  ["cancelled by nobody", ["intent", "accepted"], { ...finished, ...unstarted, state: "cancelled" }],
  ["written, never told to its submitter, and never run", ["intent"], { ...finished, state: "failed" }],
] as const)("audit() reports a job as lost that is %s", (_, words, row) => {
  expect(judge(words, row).lost).toEqual(["a"]);
});

test("audit() counts a job that was killed between the write of its start and its code, and does not miss it", () => {
  expect(judge(["intent", "accepted"], interrupted)).toMatchObject({
    ...clean,
    interrupted: 1,
    interruptedBeforeStart: 1,
    takenOver: 1,
  });
});

test("audit() misses no job that somebody asked to be cancelled", () => {
  const row: JobRow = { ...finished, ...unstarted, state: "cancelled" };
  expect(judge(["intent", "accepted", "asked", "cancelled"], row)).toMatchObject(clean);
});

test("audit() reports a job as started twice, unless it was queued again in between", () => {
  const words = ["intent", "accepted", "started", "started", "done"] as const;
  expect(judge(words, finished).startedTwice).toEqual(["a"]);
  expect(judge(words, { ...finished, interruptions: 1, epoch: 2 }).startedTwice).toEqual([]);
});

test("audit() reports a job as left running", () => {
  expect(judge(["intent", "accepted", "started"], { ...finished, state: "running" }).leftRunning).toEqual([
    "a",
  ]);
});

test.each([
  ["a ran and has no row", ["intent", "started"], undefined],
  ["is finished, and its code never came to its end", ["intent", "started"], finished],
  ["gave its submitter a result, and is failed", [...life, "resolved"], interrupted],
  ["was cancelled in time, and is finished", [...life, "asked", "cancelled"], finished],
  ["was cancelled in time, and ran", [...life, "asked", "cancelled"], { ...finished, state: "cancelled" }],
  ['the store had confirmed "finished 1"', [...life, ["ended", "finished", "1"]], interrupted],
  ["has other metadata", life, { ...finished, metadata: new Uint8Array([1]) }],
  ['is "plain,bob,0,1" in the store', life, { ...finished, callerId: "bob" }],
] as const)("audit() reports a job that %s", (fault, words, row) => {
  expect(judge(words, row).faults.join()).toContain(fault);
});
