import type { RunRow } from "@executus/harness";
import { expect, test } from "vitest";
import { answer } from "../src/harness/agents.ts";
import { auditRuns, type RunEvidence } from "../src/harness/audit-runs.ts";
import type { Entry, Word } from "../src/ledger/journal.ts";

const row = {
  runId: "r",
  rootRunId: "r",
  agent: "once",
  caller: "ada",
  input: "{}",
  details: "{}",
  sequence: 1,
  state: "finished",
  createdAt: 1,
} satisfies RunRow;
const files = [
  ["a.txt", "x"],
  ["child.txt", "x"],
] as const;
const reply = { text: answer, files };

function entry(word: Word, boot = "a1", about = "r", ...details: readonly string[]): Entry {
  return { boot, word, about, details };
}

/** A run that was accepted, started once and replied to, but for what is said. */
function verdictOf(changes: Partial<RunEvidence> = {}) {
  return auditRuns({
    entries: [entry("accepted"), entry("started"), entry("resolved")],
    rows: [row],
    leftJobs: [],
    receiver: { arrived: new Map([["r/0/0", reply]]), changed: new Set() },
    doneCells: new Map(),
    ...changes,
  });
}

const arrivedAs = (message: typeof reply): Pick<RunEvidence, "receiver"> => ({
  receiver: { arrived: new Map([["r/0/0", message]]), changed: new Set() },
});
const failed = {
  ...row,
  state: "failed",
  failure: { code: "HARNESS_INTERRUPTED", message: "it was" },
} as const;
const told = { text: "once could not finish: it was (HARNESS_INTERRUPTED)", files: [] } as never;

test("auditRuns() has nothing to say of a run that was started once and replied to, or interrupted and told so", () => {
  const clean = { lost: [], startedTwice: [], leftRunning: [], faults: [] };
  expect(verdictOf()).toMatchObject({ ...clean, accepted: 1, interrupted: 0, takenOver: 0 });
  const interrupted = { rows: [failed], entries: [entry("accepted")], ...arrivedAs(told) };
  expect(verdictOf(interrupted)).toMatchObject({ ...clean, interrupted: 1, interruptedBeforeStart: 1 });
});

test("auditRuns() names runs that are lost, started twice or left running", () => {
  expect(verdictOf({ rows: [] })).toMatchObject({ lost: ["r"] });
  expect(verdictOf({ rows: [{ ...row, state: "open" }] })).toMatchObject({ lost: ["r"] });
  const twice = [entry("accepted"), entry("started"), entry("started", "a2")];
  expect(verdictOf({ entries: twice })).toMatchObject({ startedTwice: ["r"], takenOver: 1 });
  expect(verdictOf({ entries: twice, rows: [{ ...row, agent: "again" }] })).toMatchObject({
    startedTwice: [],
  });
  expect(verdictOf({ leftJobs: ["r"] })).toMatchObject({ leftRunning: ["r"] });
});

const faults: readonly (readonly [string, Partial<RunEvidence>])[] = [
  ["has no message", { receiver: { arrived: new Map(), changed: new Set() } }],
  ["no files", arrivedAs({ ...reply, files: [] as never })],
  ["its message says", arrivedAs({ ...reply, text: "other" })],
  ["was told as finished", { rows: [failed], ...arrivedAs(told) }],
  ["is failed, told", { rows: [failed], entries: [entry("accepted")] }],
  [
    "may run again, and has failed",
    { rows: [{ ...failed, agent: "again" }], entries: [], ...arrivedAs(told) },
  ],
  [
    "came twice, not the same",
    { receiver: { arrived: new Map([["r/0/0", reply]]), changed: new Set(["r/0/0"]) } },
  ],
  ["there is no such run", { receiver: { arrived: new Map([["s/0/0", reply]]), changed: new Set() } }],
  [
    "1/0,0 ran again",
    { entries: [entry("cell", "a2", "r", "1/0,0")], doneCells: new Map([["a2", new Set(["r 1/0,0"])]]) },
  ],
];

test.each(faults)("auditRuns() says what is wrong: %s", (fault, changes) => {
  expect(verdictOf(changes).faults.join("\n")).toContain(fault);
});
