import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../scenarios/all-scenarios.ts";
import { seedOf } from "../plan/random.ts";
import type { Sabotage, StoreAddress } from "../plan/worker-order.ts";
import { type Outcome, Stage } from "./stage.ts";

export interface ServerUrls {
  readonly postgres?: string | undefined;
  readonly redis?: string | undefined;
}

export interface ScenarioOrder {
  readonly scenario: Scenario;
  readonly store: StoreAddress["kind"];
  readonly kills: number;
  /** Of the whole run; the scenario's own comes from it, the same in every run. */
  readonly seed: number;
  /** Of the whole run. */
  readonly folder: string;
  /** Of the servers that there are. */
  readonly urls: ServerUrls;
  readonly sabotage?: Sabotage | undefined;
}

export interface ScenarioResult extends Outcome {
  readonly order: ScenarioOrder;
  /** With all that its workers wrote down: removed if nothing is wrong. */
  readonly folder: string;
  readonly tookMs: number;
}

export async function runScenario(order: ScenarioOrder): Promise<ScenarioResult> {
  const { scenario, store, kills, sabotage } = order;
  const { leaseMs, maxConcurrent, requeues = false, isFlat = false, maxBytes = 300 } = scenario;
  const name = `${store}-${scenario.name}`;
  const folder = join(order.folder, name);
  const seed = seedOf(order.seed, name);
  const startedAt = performance.now();
  mkdirSync(folder);
  if (scenario.play) {
    const address = addressOf(order, folder);
    const outcome = await scenario.play({ folder, address, seed, kills, leaseMs });
    if (isClean(outcome)) rmSync(folder, { recursive: true, force: true });
    return { ...outcome, order, folder, tookMs: performance.now() - startedAt };
  }
  const stage = new Stage({
    folder,
    seed,
    sabotage,
    address: addressOf(order, folder),
    lane: { leaseMs, maxConcurrent, requeues },
    workload: { isFlat, maxBytes },
  });
  try {
    await scenario.run?.(stage, { seed, kills });
  } catch (error) {
    stage.faults.push(String(error));
    await stage.clear();
  }
  const outcome = await stage.finish();
  if (isClean(outcome)) rmSync(folder, { recursive: true, force: true });
  return { ...outcome, order, folder, tookMs: performance.now() - startedAt };
}

/** If nothing is wrong. */
export function isClean({ verdict }: Outcome): boolean {
  const { lost, startedTwice, leftRunning, faults } = verdict;
  return lost.length + startedTwice.length + leftRunning.length + faults.length === 0;
}

function addressOf({ scenario, store, urls }: ScenarioOrder, folder: string): StoreAddress {
  if (store === "sqlite") return { kind: "sqlite", file: join(folder, "jobs.db") };
  const url = urls[store];
  if (url === undefined) throw new Error(`Cannot use ${store}: there is no server`);
  if (store === "redis") return { kind: store, url, prefix: `crash-${scenario.name}` };
  return { kind: store, url, schema: scenario.name.replaceAll("-", "_") };
}
