import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { OperationQueue } from "../src/database/operation-queue.ts";
import { createJobStore } from "../src/jobs/job-store.ts";
import { migrations } from "../src/jobs/schema.ts";

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
  createJobStore(recorder as unknown as DatabaseSync, undefined as unknown as OperationQueue);
  return statements.map((sql) => {
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql: sql.replaceAll(/\s+/g, " "), plan: rows.map(({ detail }) => String(detail)) };
  });
}

function plansOf(start: RegExp): string[][] {
  return readPlans().flatMap(({ sql, plan }) => (start.test(sql) ? [plan] : []));
}

test("no statement scans the jobs, whatever is in the file", () => {
  const plans = readPlans();
  const scans = plans.filter(({ plan }) =>
    plan.some((step) => /^SCAN (jobs|leases|counters|large_metadata)\b/.test(step)),
  );
  expect(scans).toEqual([]);
  expect(plans.length).toBeGreaterThan(20);
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
