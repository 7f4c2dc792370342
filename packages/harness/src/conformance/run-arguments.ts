import assert from "node:assert/strict";
import type {
  EventListOptions,
  NewRun,
  RunEnd,
  RunFilter,
  RunPurge,
  StoredCell,
} from "../store/run-store.ts";
import type { RunStoreTest } from "./run-store-context.ts";

/** Bad values by the argument that they are given for. */
type BadValues<T> = { readonly [Name in keyof T]?: readonly unknown[] };

// A database keeps neither U+0000 nor half a character. Cut or replaced on the way, two ids would become one.
const noText = [7, null, { id: "a" }, "a\0b", "\ud83e", "\udd8a"];
const noId = ["", ...noText];
const noLimit = [0, -1, 1.5, Number.NaN, "10", null];
const infinite = Number.POSITIVE_INFINITY;

const badRuns: BadValues<NewRun> = {
  runId: [...noId, undefined],
  rootRunId: [...noId, undefined, "another"],
  parentRunId: noId,
  agent: [...noId, undefined],
  caller: [...noId, undefined],
  key: noId,
  input: [...noText, undefined],
  details: [...noText, undefined],
};

const badEnds: BadValues<RunEnd> = {
  runId: [...noId, undefined],
  state: ["open", "done", "constructor", 7, null, undefined],
  failure: [null, "lost", 7],
};

const badFailures = { code: [...noText, undefined], message: [...noText, undefined] };

const badFilters: BadValues<RunFilter> = {
  caller: noId,
  states: ["open", 7, null, ["done"], ["constructor"], [undefined], ["open", null]],
  rootRunId: noId,
  roots: [false, 1, null, "true"],
  afterSequence: [-1, 0.5, Number.NaN, infinite, "0", null],
  limit: noLimit,
};

const badEventLists: BadValues<EventListOptions> = {
  afterNumber: [-1, 0.5, Number.NaN, infinite, "0", null],
  limit: noLimit,
};

const badCells: BadValues<StoredCell> = { cell: [...noId, undefined], value: [...noText, undefined] };

const badPurges: BadValues<RunPurge> = {
  olderThanMs: [-1, Number.NaN, -infinite, "0", null, undefined],
  limit: [...noLimit, undefined],
};

export function runArgumentTests(test: RunStoreTest): void {
  test("createRun() refuses a bad argument by its name and changes nothing", async (context) => {
    const { store, caller, newRun } = context;
    const run = newRun();
    for (const { name, bad } of spoil(run, badRuns)) {
      // Without its own id the run is no root any more: that may be said first.
      await assertRefused(() => store.createRun(bad), name === "parentRunId" ? "RunId" : name);
    }
    assert.equal(await store.getRun(run.runId), undefined);
    assert.deepEqual(await store.listRuns({ caller }), []);
  });

  test("createRun() refuses a root with a parent, and a run of another's tree without", async (context) => {
    const { store, caller, newRun, unique } = context;
    await assertRefused(() => store.createRun(newRun({ rootRunId: unique("run") })), "rootRunId");
    await assertRefused(() => store.createRun(newRun({ parentRunId: unique("run") })), "rootRunId");
    assert.deepEqual(await store.listRuns({ caller }), []);
  });

  test("getRun(), listRunCells() and listRuns() refuse a bad argument by its name", async ({
    store,
    add,
  }) => {
    await add();
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.getRun(bad), "runId");
      await assertRefused(() => store.listRunCells(bad), "runId");
    }
    for (const { name, bad } of spoil<RunFilter>({}, badFilters)) {
      await assertRefused(() => store.listRuns(bad), name);
    }
  });

  test("recordRunResult() refuses a bad argument by its name and changes nothing", async (context) => {
    const { store, add, row } = context;
    const runId = await add();
    const before = await row(runId);
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.recordRunResult(bad, "1"), "runId");
    }
    for (const bad of [...noText, undefined] as string[]) {
      await assertRefused(() => store.recordRunResult(runId, bad), "result");
    }
    assert.deepEqual(await row(runId), before);
  });

  test("requestRunCancel() and listRunCancels() refuse a bad argument by its name and change nothing", async (context) => {
    const { store, add, row } = context;
    const runId = await add();
    const before = await row(runId);
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.requestRunCancel(bad), "runId");
      await assertRefused(() => store.listRunCancels([runId, bad]), "runIds");
    }
    for (const bad of ["1", 7, null, undefined, { length: 1 }]) {
      await assertRefused(() => store.listRunCancels(bad as string[]), "runIds");
    }
    assert.deepEqual(await row(runId), before);
  });

  test("endRun() refuses a bad argument by its name and changes nothing", async ({ store, add, row }) => {
    const runId = await add();
    const before = await row(runId);
    const failure = { code: "LOST", message: "lost" };
    const good: RunEnd = { runId, state: "failed", failure };
    const bads = [
      ...spoil(good, badEnds),
      ...spoil(failure, badFailures).map(({ name, bad }) => ({ name, bad: { ...good, failure: bad } })),
      // A run that finished has not failed.
      { name: "failure", bad: { ...good, state: "finished" as const } },
    ];
    for (const { name, bad } of bads) await assertRefused(() => store.endRun(bad), name);
    assert.deepEqual(await row(runId), before);
  });

  test("appendRunEvents() and listRunEvents() refuse a bad argument by its name and keep nothing", async (context) => {
    const { store, add, events } = context;
    const runId = await add();
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.appendRunEvents(bad, ["1"]), "runId");
      await assertRefused(() => store.listRunEvents(bad), "runId");
    }
    for (const bad of ["1", 7, null, undefined, { length: 1 }]) {
      await assertRefused(() => store.appendRunEvents(runId, bad as string[]), "events");
    }
    for (const bad of [...noText, undefined] as string[]) {
      await assertRefused(() => store.appendRunEvents(runId, ["1", bad, "2"]), "events");
    }
    for (const { name, bad } of spoil<EventListOptions>({}, badEventLists)) {
      await assertRefused(() => store.listRunEvents(runId, bad), name);
    }
    assert.deepEqual(await events(runId), []);
  });

  test("putRunCell() refuses a bad argument by its name and keeps nothing", async ({ store, add, cells }) => {
    const runId = await add();
    const good: StoredCell = { cell: "1/0,0", value: "1" };
    for (const bad of [...noId, undefined] as string[]) {
      await assertRefused(() => store.putRunCell(bad, good), "runId");
    }
    for (const { name, bad } of spoil(good, badCells)) {
      await assertRefused(() => store.putRunCell(runId, bad), name);
    }
    assert.deepEqual(await cells(runId), {});
  });

  test("purgeRuns() refuses a bad argument by its name and changes nothing", async (context) => {
    const { store, add, end, row } = context;
    const runId = await add();
    await end(runId);
    const before = await row(runId);
    for (const { name, bad } of spoil<RunPurge>({ olderThanMs: 0, limit: 10 }, badPurges)) {
      await assertRefused(() => store.purgeRuns(bad), name);
    }
    assert.deepEqual(await row(runId), before);
  });
}

/** Good arguments with one bad value, for each of the bad values. */
function spoil<T extends object>(good: T, values: BadValues<T>): { name: keyof T & string; bad: T }[] {
  const names = Object.keys(values) as (keyof T & string)[];
  return names.flatMap((name) =>
    (values[name] ?? []).map((value) => ({ name, bad: { ...good, [name]: value } })),
  );
}

async function assertRefused(call: () => Promise<unknown>, name: string): Promise<void> {
  const problem = await problemOf(call, name);
  assert.equal(problem, undefined, `a bad '${name}' ${problem}`);
}

async function problemOf(call: () => Promise<unknown>, name: string): Promise<string | undefined> {
  let answer: Promise<unknown>;
  try {
    answer = call();
  } catch {
    return "was thrown back at once, not as a rejection";
  }
  try {
    await answer;
  } catch (error) {
    // By name: where every test file has its own globals, `instanceof` does not know another's errors.
    const { name: kind, message } = error as Error;
    if (!["TypeError", "RangeError"].includes(kind)) {
      return `was refused with another error: ${String(error)}`;
    }
    return message.includes(name) ? undefined : `is not named in the message: ${message}`;
  }
  return "was not refused";
}
