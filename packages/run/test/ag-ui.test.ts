import type { BaseEvent } from "@ag-ui/client";
import { verifyEvents } from "@ag-ui/client";
import { EventSchemas } from "@ag-ui/core/schemas";
import fc from "fast-check";
import { from, lastValueFrom, toArray } from "rxjs";
import { expect, test } from "vitest";
import type { AgUiEvent, AgUiOptions } from "../src/ag-ui.ts";
import { agUi } from "../src/ag-ui.ts";
import type { Progress, ProgressEvent } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import { play, scripts } from "./random-tree.ts";
import { manualClock } from "./recorder.ts";

function started(): { root: Progress; written: AgUiEvent[] } {
  const written: AgUiEvent[] = [];
  const sink = agUi({ threadId: "thread", runId: "run-1", write: (event) => written.push(event) });
  const clock = manualClock();
  return {
    root: createProgress({ name: "review", rootId: "r", throttleMs: 0, clock, sinks: [sink] }),
    written,
  };
}

/** Rejects with what the protocol's own client says of a sequence that breaks its rules. */
async function verify(written: readonly AgUiEvent[]): Promise<void> {
  const received: BaseEvent[] = JSON.parse(JSON.stringify(written));
  for (const event of received) EventSchemas.parse(event);
  await lastValueFrom(from(received).pipe(verifyEvents(), toArray()));
}

test("agUi() tells the root as the run, sub-runs as subagents, steps as steps", async () => {
  const { root, written } = started();
  const agent = root.child("researcher", { kind: "run" });
  const inner = agent.child("writer", { kind: "run" });
  const step = inner.child("draft");
  step.child("sentence").end();
  step.end();
  inner.end("failed", "no ink");
  agent.end();
  root.end();
  const timestamp = 1_000_000;
  expect(written.filter(({ type }) => type !== "ACTIVITY_SNAPSHOT")).toEqual([
    { type: "RUN_STARTED", timestamp, threadId: "thread", runId: "run-1", protocolVersion: "1.0" },
    { type: "SUBAGENT_STARTED", timestamp, name: "researcher", subagentRunId: "r/1" },
    { type: "SUBAGENT_STARTED", timestamp, name: "writer", subagentRunId: "r/2", parentSubagentRunId: "r/1" },
    { type: "STEP_STARTED", timestamp, stepName: "draft", subagentRunId: "r/2" },
    { type: "STEP_STARTED", timestamp, stepName: "sentence", subagentRunId: "r/2" },
    { type: "STEP_FINISHED", timestamp, stepName: "sentence", subagentRunId: "r/2" },
    { type: "STEP_FINISHED", timestamp, stepName: "draft", subagentRunId: "r/2" },
    { type: "SUBAGENT_ERROR", timestamp, subagentRunId: "r/2", message: "no ink", code: "failed" },
    { type: "SUBAGENT_FINISHED", timestamp, subagentRunId: "r/1" },
    { type: "RUN_FINISHED", timestamp, threadId: "thread", runId: "run-1", outcome: { type: "success" } },
  ]);
  await verify(written);
});

test("agUi() numbers steps of one name while they are open at once in one subagent", () => {
  const { root, written } = started();
  const [first, second] = [root.child("test"), root.child("test")];
  root.child("agent", { kind: "run" }).child("test");
  first.end();
  root.child("test").end();
  second.end();
  root.child("test").end();
  const names = written.flatMap(({ type, stepName }) => (type === "STEP_STARTED" ? stepName : []));
  expect(names).toEqual(["test", "test #2", "test", "test #3", "test"]);
});

test("agUi() tells phases and progress as one activity of the node, with its last state at the end", async () => {
  const { root, written } = started();
  const step = root.child("a.ts", { total: 4, unit: "rules" });
  step.phase("checking", "rule 1");
  step.add();
  step.end("failed", "broken");
  root.child("quiet").end();
  root.end("cancelled");
  const activities = written.filter(({ messageId }) => messageId === "r/1");
  expect(activities.map(({ content }) => content)).toEqual([
    {
      name: "a.ts",
      status: "running",
      phase: "checking",
      current: 0,
      total: 4,
      unit: "rules",
      ratio: 0,
      message: "rule 1",
    },
    {
      name: "a.ts",
      status: "running",
      phase: "checking",
      current: 1,
      total: 4,
      unit: "rules",
      ratio: 0.25,
      message: "rule 1",
    },
    {
      name: "a.ts",
      status: "failed",
      phase: "checking",
      current: 1,
      total: 4,
      unit: "rules",
      ratio: 0.25,
      message: "broken",
    },
  ]);
  expect(
    activities.every(({ type, activityType }) => `${type} ${activityType}` === "ACTIVITY_SNAPSHOT progress"),
  ).toBe(true);
  expect(written.some(({ messageId }) => messageId === "r/2")).toBe(false);
  expect(written.at(-1)).toMatchObject({ type: "RUN_FINISHED", outcome: { type: "cancelled" } });
  await verify(written);
});

test("agUi() tells each note as an activity of its own, of the subagent that it is from", () => {
  const { root, written } = started();
  const agent = root.child("agent", { kind: "run" });
  agent.note("unused import", "warn");
  agent.note("unused variable", "warn");
  expect(written.slice(2)).toMatchObject([
    {
      messageId: "r/1#3",
      activityType: "note",
      subagentRunId: "r/1",
      content: { level: "warn", message: "unused import" },
    },
    { messageId: "r/1#4", activityType: "note", content: { name: "agent", message: "unused variable" } },
  ]);
});

test("agUi() tells a failed run as RUN_ERROR", async () => {
  const { root, written } = started();
  root.end("failed", "the disk is full");
  expect(written.at(-1)).toEqual({ type: "RUN_ERROR", timestamp: 1_000_000, message: "the disk is full" });
  await verify(written);
});

test("agUi() passes the protocol's own verification for any run, failed and cancelled ones too", async () => {
  const property = fc.asyncProperty(scripts, async (script) => {
    const { root, written } = started();
    play(script, root);
    const count = written.length;
    root.note("too late");
    root.child("too late");
    expect(written).toHaveLength(count);
    expect(written.at(-1)?.type).toBe(script.status === "failed" ? "RUN_ERROR" : "RUN_FINISHED");
    await verify(written);
  });
  await fc.assert(property, { numRuns: 200 });
});

test("the verification finds what is wrong", async () => {
  const { root, written } = started();
  const step = root.child("a");
  step.end();
  root.child("agent", { kind: "run" });
  root.end();
  const without = (type: string): AgUiEvent[] => written.filter((event) => event.type !== type);
  await verify(written);
  for (const [type, problem] of [
    ["RUN_STARTED", "First event must be"],
    ["STEP_STARTED", "was not started"],
    ["STEP_FINISHED", "steps are still active"],
    ["SUBAGENT_STARTED", "no active subagent"],
    ["SUBAGENT_ERROR", "subagents are still active"],
  ] as const) {
    await expect(verify(without(type))).rejects.toThrow(problem);
  }
});

test("agUi() tells a step that failed by an activity, as steps have no outcome", () => {
  const { root, written } = started();
  root.child("a").end("failed", "broken");
  expect(written.slice(2, 4)).toMatchObject([
    {
      type: "ACTIVITY_SNAPSHOT",
      messageId: "r/1",
      content: { name: "a", status: "failed", message: "broken" },
    },
    { type: "STEP_FINISHED", stepName: "a" },
  ]);
});

test("agUi() leaves nothing on the heap of 50,000 nodes that have ended", () => {
  const root = createProgress({ sinks: [agUi({ threadId: "t", runId: "r", write: () => undefined })] });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) root.child(`step ${i}`, { kind: i % 2 ? "run" : "step" }).end("failed");
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  expect(globalThis.gc).toBeTypeOf("function");
  const before = heapAfter(5_000);
  expect(heapAfter(50_000) - before).toBeLessThan(500_000);
}, 60_000);

test("agUi() ignores a later run, and events of nodes that it does not know", () => {
  const written: AgUiEvent[] = [];
  const sink = agUi({ threadId: "t", runId: "r", write: (event) => written.push(event) });
  createProgress({ sinks: [sink] }).end();
  const other = createProgress({ sinks: [sink] });
  other.child("a").note("n");
  sink.emit({
    v: 1,
    seq: 9,
    ts: 0,
    rootId: "x",
    nodeId: "x/1",
    parentId: "x",
    type: "start",
  } as ProgressEvent);
  expect(written.map(({ type }) => type)).toEqual(["RUN_STARTED", "RUN_FINISHED"]);
});

test("agUi() hands on the promise of a write that fails later, so that it is reported", async () => {
  const logger = { warn: (_: object, message: string): void => void problems.push(message) };
  const problems: string[] = [];
  const write = async (): Promise<void> => Promise.reject(new Error("gone"));
  const root = createProgress({ logger, sinks: [agUi({ threadId: "t", runId: "r", write })] });
  root.end("failed");
  await new Promise(setImmediate);
  expect(problems).toEqual(["A progress sink failed"]);
});

test("agUi() refuses bad options", () => {
  const good = { threadId: "t", runId: "r", write: (): void => {} };
  for (const [name, what] of [
    ["threadId", "a string"],
    ["runId", "a string"],
    ["write", "a function"],
  ]) {
    expect(() => agUi({ ...good, [name ?? ""]: 1 } as unknown as AgUiOptions)).toThrow(
      new TypeError(`Cannot create AG-UI sink: '${name}' must be ${what}: received 1`),
    );
  }
});
