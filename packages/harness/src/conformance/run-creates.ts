import assert from "node:assert/strict";
import { idsOf, plainRun, type RunStoreTest } from "./run-store-context.ts";

export function createRunTests(test: RunStoreTest): void {
  test("createRun() writes a run that is open, with nothing that came of it", async ({
    store,
    newRun,
    row,
  }) => {
    const run = newRun({ key: "once" });
    const { created, run: written } = await store.createRun(run);
    const { sequence, createdAt } = written;
    assert.equal(created, true);
    assert.deepEqual(plainRun(written), { ...run, sequence, state: "open", createdAt });
    assert.deepEqual(await row(run.runId), plainRun(written));
  });

  test("createRun() again is the first call over again", async ({ store, caller, newRun, row }) => {
    for (const run of [newRun(), newRun({ key: "once" })]) {
      await store.createRun(run);
      const before = await row(run.runId);
      for (const again of [run, { ...run }]) {
        const { created, run: found } = await store.createRun(again);
        assert.deepEqual({ created, run: plainRun(found) }, { created: true, run: before });
      }
    }
    assert.equal((await store.listRuns({ caller })).length, 2);
  });

  test("createRun() again once the run has a result, or has ended, finds it there", async (context) => {
    const { store, newRun, row } = context;
    const runs = [newRun(), newRun({ key: "once" }), newRun()];
    for (const run of runs) await store.createRun(run);
    await store.recordRunResult(String(runs[0]?.runId), "1");
    await context.end(String(runs[1]?.runId), "failed");
    await context.end(String(runs[2]?.runId), "finished");
    for (const run of runs) {
      const { created, run: found } = await store.createRun(run);
      assert.deepEqual({ created, run: plainRun(found) }, { created: false, run: await row(run.runId) });
    }
  });

  test("createRun() of a known id resolves with that run and changes nothing", async (context) => {
    const { store, newRun, row, unique } = context;
    const run = newRun({ key: "once" });
    await store.createRun(run);
    const before = await row(run.runId);
    const others = [
      { agent: "writer" },
      { caller: unique("caller") },
      { key: unique("key") },
      { key: undefined },
      { input: '"other"' },
      { details: '{"priority":1}' },
    ];
    for (const other of others) {
      const { created, run: found } = await store.createRun({ ...run, ...other });
      assert.deepEqual(
        { created, run: plainRun(found) },
        { created: false, run: before },
        JSON.stringify(other),
      );
      assert.deepEqual(await row(run.runId), before);
    }
    const elsewhere = { caller: others[1]?.caller };
    assert.deepEqual(await store.listRuns(elsewhere), [], "no other run was written");
  });

  test("createRun() of a known agent, caller and key resolves with that run and writes nothing", async (context) => {
    const { store, caller, newRun, row } = context;
    const runId = await context.add({ key: "once" });
    const before = await row(runId);
    for (const fields of [{}, { input: '"other"' }]) {
      const other = newRun({ key: "once", ...fields });
      const { created, run: found } = await store.createRun(other);
      assert.deepEqual({ created, run: plainRun(found) }, { created: false, run: before });
      assert.equal(await store.getRun(other.runId), undefined);
    }
    await context.end(runId);
    assert.equal((await store.createRun(newRun({ key: "once" }))).created, false, "also once it has ended");
    assert.deepEqual(idsOf(await store.listRuns({ caller })), [runId]);
  });

  test("createRun() of one run's id with the key of another finds one of the two", async (context) => {
    const { store, newRun, row } = context;
    const runIds = [await context.add(), await context.add({ key: "once" })];
    const before = await Promise.all(runIds.map(row));
    const { created, run } = await store.createRun(newRun({ runId: String(runIds[0]), key: "once" }));
    assert.equal(created, false);
    assert.ok(runIds.includes(run.runId));
    assert.deepEqual(await Promise.all(runIds.map(row)), before);
  });

  test("createRun() writes another run if agent, caller or key is another, or there is no key", async (context) => {
    const { store, unique, newRun } = context;
    const [agent, caller, key] = [unique("agent"), unique("caller"), unique("key")];
    const runs = [
      newRun({ agent, caller, key }),
      newRun({ agent: unique("agent"), caller, key }),
      newRun({ agent, caller: unique("caller"), key }),
      newRun({ agent, caller, key: unique("key") }),
      // The same characters one after the other.
      newRun({ agent: `${agent}${caller}`, caller: key, key: "x" }),
      newRun({ agent, caller: `${caller}${key}`, key: "x" }),
      newRun({ agent, caller }),
      newRun({ agent, caller }),
      newRun({ agent, caller, key: undefined }),
    ];
    for (const run of runs) assert.equal((await store.createRun(run)).created, true, JSON.stringify(run));
    assert.equal((await store.listRuns({ caller })).length, 6);
  });

  test("createRun() keeps ids, agents, callers and keys apart that differ in a letter's case, a space or a normal form", async (context) => {
    const { store, newRun, unique } = context;
    const suffix = unique("name");
    const names = [
      `é${suffix}`,
      `e\u0301${suffix}`,
      `É${suffix}`,
      `é${suffix} `,
      ` é${suffix}`,
      `é${suffix}%`,
      `é${suffix}_`,
    ];
    const [agent, caller, key] = [unique("agent"), unique("caller"), unique("key")];
    for (const name of names) {
      const runs = [{ runId: name }, { agent: name, key }, { caller: name, key }, { caller, key: name }];
      for (const fields of runs) {
        const { created } = await store.createRun(newRun({ agent, ...fields }));
        assert.equal(created, true, JSON.stringify(fields));
      }
      assert.equal((await store.getRun(name))?.runId, name);
      assert.equal((await store.listRuns({ caller: name })).length, 1);
    }
  });
}
