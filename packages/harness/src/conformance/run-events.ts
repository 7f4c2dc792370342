import assert from "node:assert/strict";
import type { StoredRunEvent } from "../store/run-store.ts";
import type { RunStoreTest } from "./run-store-context.ts";

const oddEvent = ' {"type" : "x",\t"n":1.0, "text":"\\u0000 \\ud83e 🦊 \'"}\n';

export function runEventTests(test: RunStoreTest): void {
  test("appendRunEvents() numbers the events of each run from 1 on, and resolves with the last number", async (context) => {
    const { store, add, events } = context;
    const [one, other] = [await add(), await add()];
    const answers = [
      await store.appendRunEvents(one, ["1", "2", "3"]),
      await store.appendRunEvents(other, ["4"]),
      await store.appendRunEvents(one, ["5"]),
      await store.appendRunEvents(other, ["6", "4", oddEvent]),
      await store.appendRunEvents(one, []),
    ];
    assert.deepEqual(answers, [3, 1, 4, 4, 4]);
    assert.deepEqual(await events(one), ["1", "2", "3", "5"]);
    assert.deepEqual(await events(other), ["4", "6", "4", oddEvent]);
  });

  test("appendRunEvents() keeps the order of calls that nobody awaited in between", async (context) => {
    const { store, add, events } = context;
    const runIds = [await add(), await add()];
    const given = runIds.map((_, run) =>
      Array.from({ length: 300 }, (_unused, index) => `${run * 1_000 + index}`),
    );
    const calls: Promise<number>[] = [];
    for (let index = 0; index < 300; index += 2) {
      for (const [run, runId] of runIds.entries()) {
        calls.push(store.appendRunEvents(runId, given[run]?.slice(index, index + 2) ?? []));
      }
    }
    const answers = await Promise.all(calls);
    assert.deepEqual(
      answers,
      answers.map((_, index) => (Math.floor(index / 2) + 1) * 2),
    );
    assert.deepEqual(await Promise.all(runIds.map(events)), given);
  });

  test("appendRunEvents() takes events of a run that has ended", async ({ store, add, end, events }) => {
    const runId = await add();
    await store.appendRunEvents(runId, ["1"]);
    await end(runId);
    assert.equal(await store.appendRunEvents(runId, ["2"]), 2);
    assert.deepEqual(await events(runId), ["1", "2"]);
  });

  test("appendRunEvents() of an unknown run keeps nothing and resolves with 0", async (context) => {
    const { store, add, events, unique } = context;
    const runId = unique("run");
    assert.equal(await store.appendRunEvents(runId, ["1", "2"]), 0);
    assert.deepEqual(await store.listRunEvents(runId), []);
    assert.equal(await store.getRun(runId), undefined);
    await add({ runId });
    assert.deepEqual(await events(runId), []);
    assert.equal(await store.appendRunEvents(runId, ["3"]), 1);
  });

  test("listRunEvents() goes through the events of one run in pages", async ({ store, add }) => {
    const [runId, other] = [await add(), await add()];
    for (let index = 1; index <= 5; index += 1) {
      await store.appendRunEvents(runId, [String(index)]);
      await store.appendRunEvents(other, ["0"]);
    }
    const all: StoredRunEvent[] = [1, 2, 3, 4, 5].map((number) => ({ number, event: String(number) }));
    for (const [afterNumber, end] of [
      [0, 2],
      [2, 4],
      [4, 5],
      [5, 5],
      [9, 9],
    ] as const) {
      const page = await store.listRunEvents(runId, { afterNumber, limit: 2 });
      assert.deepEqual(page, all.slice(afterNumber, end));
    }
  });

  test("listRunEvents() lists 1,000 events by default, and all of them with limit Infinity", async (context) => {
    const { store, add } = context;
    const runId = await add();
    const events = Array.from({ length: 2_500 }, (_, index) => String(index));
    assert.equal(await store.appendRunEvents(runId, events), 2_500);
    const numbers = async (options?: object): Promise<number[]> =>
      (await store.listRunEvents(runId, options)).map(({ number }) => number);
    const all = events.map((_, index) => index + 1);
    assert.deepEqual(await numbers(), all.slice(0, 1_000));
    assert.deepEqual(await numbers({ afterNumber: undefined, limit: undefined }), all.slice(0, 1_000));
    assert.deepEqual(await numbers({ limit: Number.POSITIVE_INFINITY }), all);
    assert.deepEqual(await context.events(runId), events);
  });
}
