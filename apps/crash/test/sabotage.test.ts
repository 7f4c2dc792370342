import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { runMatrix } from "../src/parent/run-matrix.ts";
import { isClean } from "../src/parent/run-scenario.ts";
import { scenarioLines } from "../src/report/report-lines.ts";
import type { Verdict } from "../src/ledger/audit.ts";
import type { Sabotage } from "../src/plan/worker-order.ts";

/** What a run says of a product with a fault in it. */
async function verdictOn(sabotage: Sabotage, name: string): Promise<Verdict> {
  const options = { stores: ["sqlite"], names: [name], kills: 10, seed: 1, width: 1, sabotage } as const;
  const [result] = await runMatrix(options);
  if (!result) throw new Error(`there is no scenario ${name}`);
  expect(isClean(result)).toBe(false);
  expect(scenarioLines(result).join("\n")).toContain(`kept in ${result.folder}`);
  rmSync(dirname(result.folder), { recursive: true });
  return result.verdict;
}

test.concurrent("runMatrix() reports jobs as started twice when recovery runs again what had run", async () => {
  const { startedTwice } = await verdictOn("re-run", "one-process");
  expect(startedTwice.length).toBeGreaterThan(0);
}, 240_000);

test.concurrent("runMatrix() reports jobs as lost when they are accepted before they are written", async () => {
  const { lost } = await verdictOn("early-answer", "one-process");
  expect(lost.length).toBeGreaterThan(0);
}, 240_000);

test.concurrent("runMatrix() reports jobs as left running when recovery forgets what ran", async () => {
  const { leftRunning } = await verdictOn("forget-running", "one-process");
  expect(leftRunning.length).toBeGreaterThan(0);
}, 240_000);

test.concurrent("runMatrix() reports an end that was overwritten when a late one counts whatever the epoch", async () => {
  const { faults } = await verdictOn("no-epoch", "requeue-stalls");
  expect(faults.join("\n")).toContain("and the store had confirmed");
}, 240_000);
