import assert from "node:assert/strict";
import type { NewRun } from "../store/run-store.ts";
import { idsOf, plainRun, type RunStoreContext, type RunStoreTest } from "./run-store-context.ts";

const dayMs = 24 * 60 * 60 * 1_000;
/** What a store that reads JSON, or writes it anew, would not give back. */
const oddJson =
  ' {"b" : 1.0,\t"a":[1e3, 12345678901234567890], "b":"\\u0000 \\ud83e 🦊 \'%_\\n e\u0301"}\r\n';
const large = "é🦊\u2028x".repeat(200_000);

export function runRowTests(test: RunStoreTest): void {
  test("getRun() gives back every field as it was given, character by character", async (context) => {
    const { store, newRun, unique, row } = context;
    const odd = (kind: string): string => unique(`${kind} 🦊 'quoted" \\ %_\n`);
    const texts = { input: oddJson, details: oddJson.trim() };
    const root = newRun({
      runId: odd("run"),
      agent: odd("agent"),
      caller: odd("caller"),
      key: odd("key"),
      ...texts,
    });
    const child = { parentRunId: odd("parent"), rootRunId: root.runId };
    const runs: NewRun[] = [
      root,
      newRun(child),
      newRun({ ...child, key: odd("key"), input: "null", details: "7" }),
    ];
    for (const run of runs) {
      const { run: written } = await store.createRun(run);
      const { sequence, createdAt } = written;
      assert.deepEqual(await row(run.runId), { ...run, sequence, state: "open", createdAt });
    }
    const failure = { code: odd("CODE"), message: odd("message") };
    await store.recordRunResult(root.runId, oddJson);
    await store.endRun({ runId: root.runId, state: "failed", failure });
    const { result, failure: stored } = await row(root.runId);
    assert.deepEqual({ result, failure: stored }, { result: oddJson, failure });
  });

  test("getRun() leaves undefined what a run was not given, and what it never had", async (context) => {
    const { store, unique, add, end } = context;
    const runIds = [await add(), await add({ parentRunId: undefined, key: undefined })];
    await end(String(runIds[1]), "finished");
    const [open, finished] = await Promise.all(runIds.map((runId) => store.getRun(runId)));
    for (const run of [open, finished]) {
      assert.deepEqual([run?.parentRunId, run?.key, run?.result, run?.failure], Array(4).fill(undefined));
    }
    assert.equal(open?.endedAt, undefined);
    assert.equal(await store.getRun(unique("run")), undefined, "a run that nobody created");
  });

  test("texts of more than a megabyte come back character by character", async (context) => {
    const { store, add, row } = context;
    const runId = await add({ input: large, details: `d${large}` });
    await store.recordRunResult(runId, `r${large}`);
    await store.appendRunEvents(runId, [`e${large}`]);
    await store.putRunCell(runId, { cell: "1/0,0", value: `c${large}` });
    const { input, details, result } = await row(runId);
    const texts = [
      input,
      details,
      result,
      ...(await context.events(runId)),
      (await context.cells(runId))["1/0,0"],
    ];
    const expected = [large, `d${large}`, `r${large}`, `e${large}`, `c${large}`];
    // Not deepEqual, whose message would show both.
    assert.deepEqual(
      texts.map((text, index) => text === expected[index]),
      expected.map(() => true),
    );
  });

  test("changes to what was handed over or came back change nothing in the store", async (context) => {
    const { store, newRun, row } = context;
    const run = newRun();
    const created = store.createRun(run);
    Object.assign(run, { agent: "changed" });
    await created;
    const events = ["1", "2"];
    const appended = store.appendRunEvents(run.runId, events);
    events.fill("changed");
    await appended;
    const cell = { cell: "1/0,0", value: "1" };
    const put = store.putRunCell(run.runId, cell);
    cell.value = "changed";
    await put;
    const failure = { code: "LOST", message: "lost" };
    const ended = store.endRun({ runId: run.runId, state: "failed", failure });
    failure.message = "changed";
    await ended;
    for (const came of [
      await store.getRun(run.runId),
      ...(await store.listRuns({ caller: context.caller })),
    ]) {
      Object.assign(came?.failure ?? {}, { message: "changed" });
      Object.assign(came ?? {}, { agent: "changed" });
    }
    for (const came of await store.listRunEvents(run.runId)) Object.assign(came, { event: "changed" });
    for (const came of await store.listRunCells(run.runId)) Object.assign(came, { value: "changed" });
    assert.equal((await row(run.runId)).agent, "reviewer");
    assert.deepEqual((await row(run.runId)).failure, { code: "LOST", message: "lost" });
    assert.deepEqual(await context.events(run.runId), ["1", "2"]);
    assert.deepEqual(await context.cells(run.runId), { "1/0,0": "1" });
  });

  test("the store stamps a run when it is created and when it ends, in epoch milliseconds", async (context) => {
    const { store, add, row, end, clockTick } = context;
    const runId = await add();
    const { createdAt } = await row(runId);
    await clockTick();
    await store.recordRunResult(runId, "1");
    await end(runId);
    const { endedAt = Number.NaN, createdAt: stillAt } = await row(runId);
    assert.ok(Math.abs(createdAt - Date.now()) < dayMs, `${createdAt} is far from now`);
    assert.ok(
      endedAt > createdAt && endedAt < createdAt + dayMs,
      `ended at ${endedAt}, created at ${createdAt}`,
    );
    assert.equal(stillAt, createdAt);
  });

  test("sequence follows the order of calls that nobody awaited in between, from 1 on", async (context) => {
    const { store, caller, newRun } = context;
    const runs = Array.from({ length: 200 }, () => newRun());
    const answers = await Promise.all(runs.map((run) => store.createRun(run)));
    const rows = await store.listRuns({ caller });
    assert.deepEqual(idsOf(rows), idsOf(answers.map(({ run }) => run)));
    assert.deepEqual(
      rows.map(plainRun),
      answers.map(({ run }) => plainRun(run)),
    );
    assertGrows(rows.map(({ sequence }) => sequence));
  });

  test("sequence goes on growing when the last run was purged", async (context: RunStoreContext) => {
    const { store, add, end, row } = context;
    const sequences: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const runId = await add();
      sequences.push((await row(runId)).sequence);
      await end(runId);
      await store.purgeRuns({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
      assert.equal(await store.getRun(runId), undefined);
    }
    assertGrows(sequences);
  });
}

function assertGrows(sequences: readonly number[]): void {
  for (const [index, sequence] of sequences.entries()) {
    assert.ok(Number.isSafeInteger(sequence) && sequence > (sequences[index - 1] ?? 0), sequences.join(", "));
  }
}
