import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { createBlobStore } from "../src/blobs/blob-store.ts";
import type { OperationQueue } from "../src/database/operation-queue.ts";
import { createDeliveryStore } from "../src/deliveries/delivery-store.ts";
import { createJobStore } from "../src/jobs/job-store.ts";
import { migrations } from "../src/migrations.ts";
import { createPartStore } from "../src/parts/part-store.ts";
import { createRunStore } from "../src/runs/run-store.ts";

/** Every statement that the store prepares, with what SQLite does to run it. */
function readPlans(): { sql: string; plan: string[] }[] {
  const database = new DatabaseSync(":memory:");
  onTestFinished(() => database.close());
  for (const step of migrations) database.exec(step);
  const statements: string[] = [];
  const recorder = {
    prepare: (sql: string) => {
      statements.push(sql);
      return database.prepare(sql);
    },
  };
  const creates = [createJobStore, createRunStore, createDeliveryStore, createBlobStore, createPartStore];
  for (const create of creates) {
    create(recorder as unknown as DatabaseSync, undefined as unknown as OperationQueue);
  }
  return statements.map((sql) => {
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql: sql.replaceAll(/\s+/g, " "), plan: rows.map(({ detail }) => String(detail)) };
  });
}

function plansOf(start: RegExp): string[][] {
  return readPlans().flatMap(({ sql, plan }) => (start.test(sql) ? [plan] : []));
}

test("no statement scans the rows of a table, whatever is in the file", () => {
  const plans = readPlans();
  const tables =
    "jobs|leases|counters|large_metadata|runs|run_events|run_cells|purged_runs|events|cells|" +
    "deliveries|large_contents|blobs|blob_chunks|chunks|parts";
  const scans = plans.filter(({ plan }) =>
    plan.some((step) => new RegExp(`^SCAN (${tables})\\b`).test(step)),
  );
  expect(scans).toEqual([]);
  expect(plans.length).toBeGreaterThan(70);
});

test("a claim finds its row by the id's index: 100,000 ended rows do not slow it", () => {
  const claims = plansOf(/^UPDATE jobs SET (state|last_move).* WHERE job_id/);
  const byId = ["SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (job_id=?)"];
  expect(claims).toEqual([byId, byId, byId]);
});

test("a list of an owner's jobs and an adoption read the index of live rows from where they are, in order", () => {
  const lists = plansOf(
    /^SELECT sequence FROM jobs WHERE state = [01] AND state < 2 AND lane = \? AND owner = \? AND sequence/,
  );
  const inOrder = [
    "SEARCH jobs USING COVERING INDEX jobs_live (state=? AND lane=? AND owner=? AND sequence>?)",
  ];
  expect(lists).toEqual([inOrder, inOrder]);
  const [adoption] = plansOf(/^SELECT sequence FROM jobs WHERE .* UNION ALL/);
  expect(adoption).toContain("MERGE (UNION ALL)");
  expect(adoption?.join()).not.toContain("TEMP B-TREE");
});

test("a list of a lane reads the index of live rows owner by owner", () => {
  const lists = plansOf(/^WITH RECURSIVE owners/);
  expect(lists).toHaveLength(2);
  for (const plan of lists) {
    expect(plan).toContain(
      "SEARCH jobs USING COVERING INDEX jobs_live (state=? AND lane=? AND owner=? AND sequence>?)",
    );
  }
});

test("a purge reads the index of ended rows, the longest ended first", () => {
  expect(plansOf(/^SELECT sequence FROM jobs WHERE ended_at/)).toEqual([
    ["SEARCH jobs USING COVERING INDEX jobs_ended (ended_at<?)"],
  ]);
});

test("a list of runs reads the index of one state from where it is, in order: ended runs are not in its way", () => {
  const lists = plansOf(/^SELECT sequence FROM runs WHERE (caller|state|root_run_id)/);
  expect(lists).toEqual([
    ["SEARCH runs USING COVERING INDEX runs_state (state=? AND is_root=? AND sequence>?)"],
    ["SEARCH runs USING COVERING INDEX runs_caller (caller=? AND state=? AND is_root=? AND sequence>?)"],
    ["SEARCH runs USING INDEX runs_tree (root_run_id=? AND sequence>?)"],
  ]);
});

test("a run is found by its id or its key, and ends where it is found", () => {
  const byId = ["SEARCH runs USING INDEX sqlite_autoindex_runs_1 (run_id=?)"];
  const ends = plansOf(/^UPDATE runs/);
  expect(ends).toEqual([byId, byId, byId]);
  const [byKey] = plansOf(/FROM runs WHERE agent/);
  expect(byKey).toEqual(["SEARCH runs USING INDEX runs_key (agent=? AND caller=? AND key=?)"]);
});

test("of runs by their ids those to be cancelled are found by the index of ids", () => {
  expect(plansOf(/^SELECT run_id FROM runs WHERE run_id IN/).flat()).toContain(
    "SEARCH runs USING INDEX sqlite_autoindex_runs_1 (run_id=?)",
  );
});

test("a purge of runs reads the index of ended roots, the longest ended first, and finds each tree by its root", () => {
  expect(plansOf(/^SELECT run_id FROM runs WHERE is_root/)).toEqual([
    ["SEARCH runs USING INDEX runs_ended (ended_at<?)"],
  ]);
  expect(plansOf(/^DELETE FROM runs/)).toEqual([["SEARCH runs USING INDEX runs_tree (root_run_id=?)"]]);
});

test("what is due is read from the index of one state each, in order: what has ended is not in its way", () => {
  const [plan = []] = plansOf(/^SELECT sequence, ready_at FROM deliveries WHERE \? AND state/);
  const branches = plan.filter((step) => step.startsWith("SEARCH"));
  const inOrder = "SEARCH deliveries USING COVERING INDEX deliveries_state (state=? AND sequence>?)";
  expect(branches).toEqual(Array.from({ length: 7 }, () => inOrder));
  expect(plan.join()).not.toContain("TEMP B-TREE");
});

test("the deliveries of a message, and what ended long enough ago, are found by an index", () => {
  expect(plansOf(/^SELECT sequence, ready_at FROM deliveries WHERE message_key/)).toEqual([
    ["SEARCH deliveries USING INDEX deliveries_message (message_key=? AND sequence>?)"],
  ]);
  expect(plansOf(/^SELECT ended_at, sequence FROM deliveries/)).toEqual([
    ["SEARCH deliveries USING COVERING INDEX deliveries_ended (ended_at>? AND ended_at<?)"],
  ]);
});

test("a delivery and a part are found by their keys, and move where they are found", () => {
  const byKey = ["SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (key=?)"];
  const moves = plansOf(/^UPDATE deliveries SET (receipt|state = [?0]).* WHERE key/);
  expect(moves).toEqual([byKey, byKey, byKey]);
  const [claim] = plansOf(/^UPDATE deliveries SET state = 1/);
  expect(claim?.slice(0, 1)).toEqual(byKey);
  expect(plansOf(/^UPDATE parts SET part/)).toEqual([
    ["SEARCH parts USING INDEX sqlite_autoindex_parts_1 (key=?)"],
  ]);
});

test("blobs to be deleted and parts to be purged are found by an index, the oldest first", () => {
  const loose = plansOf(/^SELECT blob FROM blobs WHERE key IS NULL/);
  expect(loose.flat()).toEqual(loose.map(() => "SEARCH blobs USING INDEX blobs_loose (written_at<?)"));
  expect(plansOf(/^SELECT blob, size FROM blobs/)).toEqual([["SEARCH blobs USING INDEX blobs_key (key=?)"]]);
  expect(plansOf(/^SELECT sequence FROM parts WHERE used_at/)).toEqual([
    ["SEARCH parts USING COVERING INDEX parts_used (used_at<?)"],
  ]);
});
