import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shareKills } from "../plan/share-kills.ts";
import type { Sabotage, StoreAddress } from "../plan/worker-order.ts";
import { createPostgres } from "../internal/postgres-server.ts";
import { createRedis } from "../internal/redis-server.ts";
import { scenarios } from "../scenarios/all-scenarios.ts";
import {
  isClean,
  runScenario,
  type ScenarioOrder,
  type ScenarioResult,
  type ServerUrls,
} from "./run-scenario.ts";
import { startWorker } from "./worker-process.ts";

export interface MatrixOptions {
  readonly stores: readonly StoreAddress["kind"][];
  /** Names of scenarios. @default all */
  readonly names?: readonly string[] | undefined;
  readonly kills: number;
  readonly seed: number;
  /** So many scenarios run at a time: most of the time a process waits for a lease to lapse. */
  readonly width: number;
  readonly sabotage?: Sabotage | undefined;
  readonly onResult?: ((result: ScenarioResult) => void) | undefined;
}

/** Runs every scenario on every store, in order, and resolves with what came of them. */
export async function runMatrix(options: MatrixOptions): Promise<ScenarioResult[]> {
  const { stores, width, onResult } = options;
  const folder = mkdtempSync(join(tmpdir(), "executus-crash-"));
  const postgres = stores.includes("postgres") ? await createPostgres() : undefined;
  const redis = stores.includes("redis") ? await createRedis() : undefined;
  try {
    await startWorker(undefined, join(folder, "compiled", "..")).ended;
    const orders = ordersOf(options, folder, { postgres: postgres?.url, redis: redis?.url });
    const results: ScenarioResult[] = [];
    const runNext = async (): Promise<void> => {
      for (let order = orders.shift(); order; order = orders.shift()) {
        const result = await runScenario(order);
        results.push(result);
        onResult?.(result);
      }
    };
    await Promise.all(Array.from({ length: width }, runNext));
    if (results.every(isClean)) rmSync(folder, { recursive: true, force: true });
    return results;
  } finally {
    await postgres?.remove();
    await redis?.remove();
  }
}

function ordersOf(options: MatrixOptions, folder: string, urls: ServerUrls): ScenarioOrder[] {
  const { stores, names, kills, seed, sabotage } = options;
  const chosen = scenarios
    .filter(({ name }) => names === undefined || names.includes(name))
    .flatMap((scenario) => stores.map((store) => ({ scenario, store })))
    .filter(({ scenario, store }) => scenario.stores.includes(store));
  const shares = shareKills(
    kills,
    chosen.flatMap(({ scenario }) => scenario.share ?? []),
  );
  return chosen.map(({ scenario, store }) => {
    const own = scenario.share === undefined ? 0 : (shares.shift() ?? 0);
    return { scenario, store, seed, folder, urls, sabotage, kills: own };
  });
}
