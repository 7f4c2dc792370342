import type { Pool } from "pg";
import { expect, test } from "vitest";
import { type Opened, newRun, openStore, useServer } from "./open-store.ts";
import { explained, listenForPlans, wasteOf } from "./plans.ts";

const { url } = useServer();

/** Every operation once, with a page of ten. */
async function operate({ store }: Opened, round: string): Promise<void> {
  const run = newRun({ runId: `run-${round}`, key: round });
  const child = newRun({ runId: `child-${round}`, rootRunId: run.runId, parentRunId: run.runId });
  for (const each of [run, run, child, newRun({ runId: `other-${round}`, key: round })])
    await store.createRun(each);
  const { runId } = run;
  await store.getRun(runId);
  await store.requestRunCancel(runId);
  await store.listRunCancels([runId, child.runId]);
  for (const result of ["1", "2"]) await store.recordRunResult(runId, result);
  for (const events of [["1", "2"], ["3"]]) await store.appendRunEvents(runId, events);
  for (const value of ["1", "2"]) await store.putRunCell(runId, { cell: "1/0,0", value });
  await store.listRunEvents(runId, { afterNumber: 1, limit: 10 });
  await store.listRunCells(runId);
  for (const caller of [undefined, "ada", "cy"]) {
    for (const states of [undefined, ["open"], ["open", "failed"]] as const) {
      await store.listRuns({ caller, states, limit: 10 });
      await store.listRuns({ caller, states, roots: true, afterSequence: 150, limit: 10 });
      await store.listRuns({ caller, states, rootRunId: runId, limit: 10 });
    }
  }
  await store.endRun({ runId: child.runId, state: "failed" });
  await store.endRun({ runId, state: "finished" });
  await store.endRun({ runId, state: "cancelled" });
  await store.purgeRuns({ olderThanMs: 3_600_000, limit: 10 });
  await store.purgeRuns({ olderThanMs: 0, limit: 10 });
}

/** Fills the tables: most runs have ended, some are open, each with an event and a cell, of three callers. */
async function fill(pool: Pool, schema: string, count: number): Promise<void> {
  await pool.query(`set client_min_messages = warning; set search_path = ${schema};
    with filled as (
      insert into runs (run_id, root_run_id, parent_run_id, agent, caller, key, input, details, state, ended_at)
      select 'fill-${count}-' || i, 'fill-${count}-' || i - i % 2, case when i % 2 = 1 then 'fill-${count}-' || i - 1 end,
        'reviewer', case when i % 9999 = 0 then 'cy' when i % 3 = 0 then 'ada' else 'bob' end, 'fill-${count}-' || i, '1', '{}',
        case when i % 10 = 0 then 'open' else 'finished' end, case when i % 10 > 0 then clock_timestamp() end
      from generate_series(1, ${count}) as i
      returning sequence
    ), events as (
      insert into run_events (run, number, event) select sequence, 1, '1' from filled
    )
    insert into run_cells (run, cell, value) select sequence, '1/0,0', '1' from filled;
    set client_min_messages = log; reset search_path`);
}

test("no operation on runs costs more with 50,000 of them ended, whatever the server knew when it made its plans", async () => {
  for (const count of [1, 40]) {
    const opened = openStore(url(), explained);
    const { store, pool, schema } = opened;
    const plans = listenForPlans(pool);
    await store.migrate();
    const analyze = `analyze ${schema}.runs, ${schema}.run_events, ${schema}.run_cells, ${schema}.purged_runs`;
    // Ten times each, on one connection, with tables that are small and known to be: now the server keeps its plans.
    await fill(pool, schema, count);
    await pool.query(analyze);
    for (let round = 0; round < 10; round += 1) await operate(opened, `small-${round}`);
    await fill(pool, schema, 50_000);
    for (const known of [`${count} rows`, "all rows"]) {
      plans.length = 0;
      await operate(opened, known);
      const ofRuns = plans.filter((plan) => /on (runs|run_\w+|purged_runs)/.test(plan));
      expect(ofRuns.length).toBeGreaterThan(40);
      expect({ known, waste: ofRuns.flatMap((plan) => wasteOf(plan)) }).toEqual({ known, waste: [] });
      await pool.query(analyze);
    }
    const indexes = ["runs_pkey", "runs_key", "runs_state", "runs_caller", "runs_tree", "runs_ended"];
    expect(indexes.filter((index) => !plans.some((plan) => plan.includes(` using ${index} `)))).toEqual([]);
  }
});
