import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { runMatrix } from "../src/parent/run-matrix.ts";
import { isClean } from "../src/parent/run-scenario.ts";
import { scenarioLines } from "../src/report/report-lines.ts";
import type { Verdict } from "../src/ledger/audit.ts";
import type { Sabotage } from "../src/plan/worker-order.ts";

/**
 * What a run says of a product with a fault in it. Where a process dies is partly chance, and a fault shows only where it
 * matters: so it is looked for with up to five seeds.
 */
async function verdictOn(sabotage: Sabotage, name: string): Promise<Verdict> {
  for (let seed = 1; seed <= 5; seed += 1) {
    const options = { stores: ["sqlite"], names: [name], kills: 10, seed, width: 1, sabotage } as const;
    const [result] = await runMatrix(options);
    if (!result) throw new Error(`there is no scenario ${name}`);
    if (isClean(result)) continue;
    expect(scenarioLines(result).join("\n")).toContain(`kept in ${result.folder}`);
    rmSync(dirname(result.folder), { recursive: true });
    return result.verdict;
  }
  throw new Error(`the fault "${sabotage}" was not noticed in five runs of ${name}`);
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

// Needs a late end to meet an adoption, which a short run sees too seldom; the stores' suite checks the epoch itself each time.
test.runIf(process.env["EXECUTUS_LONG"])(
  "runMatrix() reports an end that was overwritten when a late one counts whatever the epoch",
  async () => {
    const { faults } = await verdictOn("no-epoch", "requeue-stalls");
    expect(faults.join("\n")).toContain("and the store had confirmed");
  },
  240_000,
);
