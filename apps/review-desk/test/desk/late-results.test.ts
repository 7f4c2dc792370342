import { join } from "node:path";
import { openSqliteStore } from "@executus/store-sqlite";
import { expect, onTestFinished, test } from "vitest";
import { withLateResults } from "../../src/desk/late-results.ts";
import { temporaryFolder } from "../cli/git-project.ts";

async function openWithRun(runId: string) {
  const store = await openSqliteStore({ file: join(temporaryFolder(), "desk.sqlite") });
  onTestFinished(() => store.close());
  const run = { runId, rootRunId: runId, agent: "review", caller: "desk/bo", input: "{}", details: "{}" };
  await store.createRun(run);
  return { store, late: withLateResults(store) };
}

const delivery = { key: "run-1/0/0", messageKey: "run-1/0", channel: "desk", digest: "d", content: "{}" };

test("a result with files is recorded with its reply, and not before", async () => {
  const { store, late } = await openWithRun("run-1");
  const result = '{"value":1,"files":3,"missing":[]}';
  expect(await late.recordRunResult("run-1", result)).toBe(true);
  expect((await store.getRun("run-1"))?.result).toBeUndefined();
  expect(await late.recordDeliveries([delivery])).toEqual({ recorded: true });
  expect((await store.getRun("run-1"))?.result).toBe(result);
  expect(await late.endRun({ runId: "run-1", state: "finished" })).toBe(true);
});

test("a result with files whose reply was recorded by an earlier start is recorded at the end", async () => {
  const { store, late } = await openWithRun("run-1");
  await store.recordDeliveries([{ ...delivery, digest: "another" }]);
  await late.recordRunResult("run-1", '{"files":1}');
  await late.endRun({ runId: "run-1", state: "finished" });
  expect(await store.getRun("run-1")).toMatchObject({ state: "finished", result: '{"files":1}' });
});

test("a result with files of a run that failed is never recorded, and one without files at once", async () => {
  const { store, late } = await openWithRun("run-1");
  await late.recordRunResult("run-1", '{"files":1}');
  await late.endRun({ runId: "run-1", state: "failed", failure: { code: "X_Y", message: "x" } });
  expect((await store.getRun("run-1"))?.result).toBeUndefined();
  const other = await openWithRun("run-2");
  await other.late.recordRunResult("run-2", '{"files":0}');
  expect((await other.store.getRun("run-2"))?.result).toBe('{"files":0}');
});
