import { expect, test } from "vitest";
import type { Pool } from "pg";
import { type Opened, newJob, openStore, useServer } from "./open-store.ts";
import { explained, listenForPlans, wasteOf } from "./plans.ts";

const { url } = useServer();

/** Every operation once, with a page of ten. */
async function operate({ store }: Opened, round: string): Promise<void> {
  const owner = `worker-${round}`;
  const jobId = `job-${round}`;
  await store.enqueueJob(newJob({ jobId, owner }));
  await store.enqueueJob(newJob({ jobId, owner }));
  await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" });
  await store.updateJobState({ jobId, epoch: 1, from: "running", to: "queued" });
  await store.updateJobState({ jobId, epoch: 1, from: "running", to: "queued" });
  await store.updateJobState({ jobId, epoch: 2, from: "queued", to: "cancelled" });
  await store.getJob(jobId);
  for (const of of [undefined, "gone"]) {
    await store.listQueuedJobs("llm", { owner: of, limit: 10 });
    await store.listQueuedJobs("llm", { owner: of, afterSequence: 150, limit: 10 });
    await store.listRunningJobs("llm", { owner: of, limit: 10 });
  }
  await store.raiseLease("llm", "gone");
  const [gone] = (await store.listLeases("llm")).filter((lease) => lease.owner === "gone");
  await store.adoptJobs({
    lane: "llm",
    from: { owner: "gone", count: gone?.count ?? 0 },
    to: owner,
    limit: 10,
  });
  await store.releaseLease("llm", owner);
  await store.purgeFinishedJobs({ olderThanMs: 0, limit: 10 });
  await store.purgeFinishedJobs({ olderThanMs: 3_600_000, limit: 10 });
}

/** Fills the tables: as many queued jobs as ended ones, of two owners, and one that runs. */
async function fill(pool: Pool, schema: string, count: number): Promise<void> {
  await pool.query(`set client_min_messages = warning; set search_path = ${schema};
    insert into jobs (job_id, lane, owner, priority, weight, metadata, state, ended_at)
      select 'fill-${count}-' || i, 'llm', case when i % 3 = 0 then 'here' else 'gone' end, 0, 1, '',
        case i % 2 when 0 then 'queued' else 'finished' end,
        case i % 2 when 0 then null else clock_timestamp() end
      from generate_series(1, ${count}) as i;
    insert into leases (lane, owner, count) select 'lane-' || i, 'owner', 1 from generate_series(${count}, ${count * 1.02}) as i;
    update jobs set state = 'running', started_at = clock_timestamp() where job_id = 'fill-${count}-2';
    set client_min_messages = log; reset search_path`);
}

test("no operation costs more with 50,000 jobs waiting and 50,000 ended, whatever the server knew when it made its plans", async () => {
  for (const count of [1, 40]) {
    const opened = openStore(url(), explained);
    const { store, pool, schema } = opened;
    const plans = listenForPlans(pool);
    await store.migrate();
    // Ten times each, on one connection, with tables that are small and known to be: now the server keeps its plans.
    await fill(pool, schema, count);
    await pool.query(`analyze ${schema}.jobs, ${schema}.leases`);
    for (let round = 0; round < 10; round += 1) await operate(opened, `small-${round}`);
    await fill(pool, schema, 100_000);
    for (const known of [`${count} rows`, "all rows"]) {
      plans.length = 0;
      await operate(opened, known);
      const ofJobs = plans.filter((plan) => /on (jobs|leases)/.test(plan));
      expect(ofJobs.length).toBeGreaterThan(20);
      expect({ known, waste: ofJobs.flatMap((plan) => wasteOf(plan)) }).toEqual({ known, waste: [] });
      await pool.query(`analyze ${schema}.jobs, ${schema}.leases`);
    }
    const indexes = ["jobs_pkey", "jobs_live", "jobs_ended", "leases_pkey"];
    expect(indexes.filter((index) => !plans.some((plan) => plan.includes(` using ${index} `)))).toEqual([]);
  }
});
