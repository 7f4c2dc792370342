import assert from "node:assert/strict";
import type { RunEnd, RunState } from "../store/run-store.ts";
import type { RunStoreTest } from "./run-store-context.ts";

/** What happens at once, from two processes where the store has two. Every outcome is checked, whichever comes first. */
export function runRaceTests(test: RunStoreTest): void {
  test("createRun() of one run many times at once writes one", async ({ store, second, caller, newRun }) => {
    const other = await second();
    for (const run of [newRun(), newRun({ key: "once" })]) {
      const calls = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other).createRun(run));
      const answers = await Promise.all(calls);
      assert.deepEqual(new Set(answers.map(({ created }) => created)), new Set([true]));
      assert.equal(new Set(answers.map(({ run: { sequence } }) => sequence)).size, 1);
    }
    assert.equal((await store.listRuns({ caller })).length, 2);
  });

  test("createRun() of one key with many ids at once writes one of them", async (context) => {
    const { store, second, caller, newRun } = context;
    const other = await second();
    for (let turn = 0; turn < 10; turn += 1) {
      const runs = Array.from({ length: 6 }, () => newRun({ key: `key-${turn}` }));
      const answers = await Promise.all(
        runs.map((run, index) => ((index + turn) % 2 === 0 ? store : other).createRun(run)),
      );
      const written = new Set(answers.map(({ run }) => run.runId));
      assert.equal(written.size, 1);
      const winners = runs.filter((_, index) => answers[index]?.created);
      assert.deepEqual(
        winners.map(({ runId }) => runId),
        [...written],
      );
    }
    assert.equal((await store.listRuns({ caller })).length, 10);
  });

  test("of two ends at once exactly one is made, and whoever asked for the other learns it", async (context) => {
    const { store, add, row } = context;
    const second = await context.second();
    for (let turn = 0; turn < 10; turn += 1) {
      const runId = await add();
      const states: RunEnd["state"][] = Array.from({ length: 6 }, (_, index) =>
        (index + turn) % 2 === 0 ? "finished" : "cancelled",
      );
      const answers = await Promise.all(
        states.map((state, index) => (index < 3 ? store : second).endRun({ runId, state })),
      );
      const { state: ended } = await row(runId);
      assert.deepEqual(
        answers,
        states.map((state) => state === ended),
      );
    }
  });

  test("of a result and an end at once the result is there if and only if it was answered so", async (context) => {
    const { store, add, row } = context;
    const second = await context.second();
    for (let turn = 0; turn < 10; turn += 1) {
      const runId = await add();
      const record = (result: string): Promise<boolean> => store.recordRunResult(runId, result);
      const end = (): Promise<boolean> => second.endRun({ runId, state: "cancelled" });
      const [isEnded, ...answers] = await (turn % 2 === 0
        ? Promise.all([end(), record("1"), record("2")])
        : Promise.all([record("1"), record("2"), end()]).then(([one, two, ended]) => [ended, one, two]));
      const { result, state } = await row(runId);
      assert.deepEqual([isEnded, state], [true, "cancelled" satisfies RunState]);
      assert.deepEqual(answers, [result === "1", result === "2"]);
    }
  });

  test("appendRunEvents() many times at once keeps the events of each call together", async (context) => {
    const { store, add, events } = context;
    const second = await context.second();
    const runId = await add();
    const given = Array.from({ length: 30 }, (_, call) => [0, 1, 2].map((index) => `${call}.${index}`));
    const answers = await Promise.all(
      given.map((each, index) => (index % 2 === 0 ? store : second).appendRunEvents(runId, each)),
    );
    const stored = await events(runId);
    assert.equal(stored.length, 90);
    for (const [call, last] of answers.entries()) assert.deepEqual(stored.slice(last - 3, last), given[call]);
  });

  test("of two values of one cell at once one is kept, and whoever gave the other learns it", async (context) => {
    const { store, add, cells } = context;
    const second = await context.second();
    const runId = await add();
    for (let turn = 0; turn < 10; turn += 1) {
      const cell = `1/${turn},0`;
      const values = Array.from({ length: 6 }, (_, index) => String((index + turn) % 2));
      const answers = await Promise.all(
        values.map((value, index) => (index < 3 ? store : second).putRunCell(runId, { cell, value })),
      );
      const kept = (await cells(runId))[cell];
      assert.deepEqual(
        answers,
        values.map((value) => value === kept),
      );
    }
  });

  test("what comes while its run is purged leaves nothing behind", async (context) => {
    const { store, newRun, events } = context;
    const second = await context.second();
    for (let turn = 0; turn < 10; turn += 1) {
      const run = newRun();
      await store.createRun(run);
      await context.end(run.runId);
      const purge = (): Promise<unknown> =>
        second.purgeRuns({ olderThanMs: 0, limit: Number.POSITIVE_INFINITY });
      const write = (): Promise<unknown> =>
        Promise.all([
          store.appendRunEvents(run.runId, ["1", "2"]),
          store.putRunCell(run.runId, { cell: "1/0,0", value: "1" }),
        ]);
      await Promise.all(turn % 2 === 0 ? [purge(), write()] : [write(), purge()]);
      assert.equal(await store.getRun(run.runId), undefined);
      await store.createRun(run);
      assert.deepEqual(await events(run.runId), []);
      assert.deepEqual(await store.listRunCells(run.runId), []);
    }
  });

  test("two purges at once count every tree once", async (context) => {
    const { store, addChild, end } = context;
    const second = await context.second();
    const all = { olderThanMs: 0, limit: Number.POSITIVE_INFINITY };
    await store.purgeRuns(all);
    for (const root of await context.addMany(20)) {
      await addChild(root);
      await end(root);
    }
    const purges = Array.from({ length: 6 }, (_, index) =>
      (index % 2 === 0 ? store : second).purgeRuns({ olderThanMs: 0, limit: 5 }),
    );
    const counts = await Promise.all(purges);
    const rest = await store.purgeRuns(all);
    assert.equal(
      counts.reduce((sum, count) => sum + count, rest),
      20,
    );
  });
}
