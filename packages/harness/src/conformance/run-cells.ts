import assert from "node:assert/strict";
import type { RunStoreTest } from "./run-store-context.ts";

const oddValue = ' {"b" : 1.0,\t"a":"\\u0000 \\ud83e 🦊 \'"}\n';

export function runCellTests(test: RunStoreTest): void {
  test("putRunCell() keeps what a cell of one run gave, character by character", async (context) => {
    const { store, add, cells } = context;
    const [one, other] = [await add(), await add()];
    assert.deepEqual(await store.listRunCells(one), []);
    const names = ["1/0,0", "1/0,1", "1/10,0", "é", "e\u0301", "É", "é "];
    for (const [index, cell] of names.entries()) {
      assert.equal(await store.putRunCell(one, { cell, value: `${oddValue}${index}` }), true);
    }
    assert.equal(await store.putRunCell(other, { cell: "1/0,0", value: "7" }), true);
    assert.deepEqual(
      await cells(one),
      Object.fromEntries(names.map((cell, index) => [cell, `${oddValue}${index}`])),
    );
    assert.deepEqual(await store.listRunCells(other), [{ cell: "1/0,0", value: "7" }]);
  });

  test("putRunCell() of another value resolves with false, and the first one stays", async (context) => {
    const { store, add, cells } = context;
    const runId = await add();
    await store.putRunCell(runId, { cell: "1/0,0", value: "1" });
    assert.equal(await store.putRunCell(runId, { cell: "1/0,0", value: "2" }), false);
    assert.equal(await store.putRunCell(runId, { cell: "1/0,0", value: "1.0" }), false);
    assert.deepEqual(await cells(runId), { "1/0,0": "1" });
    assert.equal(await store.putRunCell(runId, { cell: "1/0,0", value: "1" }), true, "it is there");
    assert.deepEqual(await cells(runId), { "1/0,0": "1" });
    assert.equal((await store.listRunCells(runId)).length, 1);
  });

  test("putRunCell() takes cells of a run that has ended", async ({ store, add, end, cells }) => {
    const runId = await add();
    await end(runId, "cancelled");
    assert.equal(await store.putRunCell(runId, { cell: "1/0,0", value: "1" }), true);
    assert.deepEqual(await cells(runId), { "1/0,0": "1" });
  });

  test("putRunCell() of an unknown run resolves with false and keeps nothing", async (context) => {
    const { store, add, unique } = context;
    const runId = unique("run");
    assert.equal(await store.putRunCell(runId, { cell: "1/0,0", value: "1" }), false);
    assert.deepEqual(await store.listRunCells(runId), []);
    await add({ runId });
    assert.deepEqual(await store.listRunCells(runId), []);
  });

  test("listRunCells() lists all cells of a run", async ({ store, add, cells }) => {
    const runId = await add();
    const given = Array.from({ length: 2_500 }, (_, index) => ({
      cell: `1/${index},0`,
      value: String(index),
    }));
    const answers = await Promise.all(given.map((cell) => store.putRunCell(runId, cell)));
    assert.deepEqual(new Set(answers), new Set([true]));
    assert.equal((await store.listRunCells(runId)).length, 2_500);
    assert.deepEqual(await cells(runId), Object.fromEntries(given.map(({ cell, value }) => [cell, value])));
  });
}
