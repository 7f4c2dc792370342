import type { Deliverer } from "@executus/deliver";
import { memoryOutboxStore, type OutboxStore } from "@executus/deliver/outbox";
import {
  createHarness,
  defineAgent,
  type Harness,
  type HarnessOptions,
  memoryRunStore,
  type RunStore,
} from "@executus/harness";
import { memoryStore, type PersistenceStore } from "@executus/lane/persisted";
import { expect, onTestFinished, test } from "vitest";
import { createBullmqLane } from "../src/index.ts";
import { unique, until } from "./open-lane.ts";
import { openProxy } from "./redis/proxy.ts";
import { createRedis, redisProgram } from "./internal/redis-server.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();
const here = { channel: "chat", to: "ada" };
const lockMs = 600;

interface Store extends PersistenceStore, OutboxStore, RunStore {}

/** What processes have in common: a lane in Redis, a store, and a way out that shows a key once. */
function openCluster(options: Pick<HarnessOptions, "agents">) {
  const prefix = unique("harness");
  const store = joined(memoryStore(), memoryOutboxStore(), memoryRunStore());
  const arrived = new Map<string, string[]>();
  const deliver: Deliverer = {
    async deliver(_destination, { key, text, files = [] }) {
      arrived.set(key, [text, ...files.map((file) => file.name)]);
      return { status: "delivered", parts: [{ index: 0, status: "sent", attempts: 1 }], notes: [] };
    },
    dedupes: async () => true,
  };
  /** As another process has it, that runs so many jobs of the lane's `maxConcurrent`. */
  const open = (maxConcurrentHere: number, { connection = url(), maxConcurrent = 1 } = {}): Harness => {
    const harness = createHarness({
      ...options,
      deliver,
      store,
      pollMs: 20,
      outbox: { pollMs: 20 },
      persist: { leaseMs: 50 },
      logger: { warn: () => {} },
      lanes: {
        default: (reconstruct) =>
          createBullmqLane({
            name: "default",
            prefix,
            connection,
            maxConcurrent,
            maxConcurrentHere,
            lockMs,
            reconstruct,
            onEvent: () => {},
          }),
      },
    });
    onTestFinished(async () => void (await harness.close({ graceMs: 0 })));
    return harness;
  };
  return { store, arrived, open };
}

/** Stores as one object. */
function joined(...stores: readonly [PersistenceStore, OutboxStore, RunStore]): Store {
  return new Proxy({} as Store, {
    get(_target, name) {
      const store = stores.find((each) => name in each);
      const method: unknown = store && Reflect.get(store, name, store);
      return typeof method === "function" ? (method as () => unknown).bind(store) : undefined;
    },
  });
}

/** Code that ends only when it is told to. */
function untilStopped({ signal }: { readonly signal: AbortSignal }): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

async function running(run: { placement(): Promise<{ readonly state: string } | undefined> }): Promise<void> {
  await until(async () => (await run.placement())?.state === "running");
}

test("a harness on this lane: a run that one process is asked for another works, with placement, events, files, cells, children and reply", async () => {
  const open = Promise.withResolvers<void>();
  const leaf = defineAgent({
    name: "leaf",
    run: async (context, n: number) => {
      await context.attach({ name: `leaf-${n}.txt`, data: "of a child" });
      return n;
    },
  });
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      await context.attach({ name: "a.txt", data: "of the run" });
      await open.promise;
      const grid = await context.fanout([1, 2], [10], (task, target) => task * target);
      return `${await context.dispatch(leaf, 1)} ${grid.fulfilled.map(({ value }) => value).join()}`;
    },
  });
  const cluster = openCluster({ agents: [leaf, main] });
  const asked = cluster.open(0);
  const works = cluster.open(1);
  const first = await asked.submit(main, 0, { caller: "ada", destinations: here });
  const second = await works.submit(main, 0, { caller: "bo", destinations: here });
  await running(first);
  for (const harness of [asked, works])
    expect(await (await harness.run(second.id))?.placement()).toMatchObject({ state: "queued", position: 0 });
  const types: string[] = [];
  const read = (async () => {
    for await (const { type } of first.events()) {
      types.push(type);
      // What happens there is seen here while it goes on.
      if (type === "file-added") open.resolve();
    }
  })();
  expect(await Promise.all([first.result, second.result])).toEqual(["1 10,20", "1 10,20"]);
  await read;
  expect(types.filter((type) => !type.startsWith("delivery"))).toEqual([
    "run-accepted",
    "run-started",
    "file-added",
    "cell-ended",
    "cell-ended",
    "run-ended",
  ]);
  for (const { id } of [first, second]) await asked.outbox?.settled(`${id}/0/0`);
  const reply = ["1 10,20", "a.txt", "leaf-1.txt"];
  expect([...cluster.arrived.values()]).toEqual([reply, reply]);
  expect(await first.placement()).toEqual({ state: "finished", exact: true });
});

test("a harness on this lane: parents and children in it finish at a depth above its cap, in whatever process", async () => {
  let atOnce = 0;
  let most = 0;
  const deep = defineAgent({
    name: "deep",
    run: async (context, depth: number): Promise<number> => {
      const isRoot = context.runId === context.rootRunId;
      if (isRoot) most = Math.max(most, (atOnce += 1));
      const below = depth === 0 ? 0 : ((await context.dispatch("deeper", depth - 1)) as number);
      if (isRoot) atOnce -= 1;
      return below + 1;
    },
  });
  const names = ["deeper", "deepest"];
  const others = names.map((name, index) =>
    defineAgent({
      name,
      run: async (context, depth: number): Promise<number> =>
        depth === 0 ? 1 : 1 + ((await context.dispatch(names[index + 1] ?? "leaf", depth - 1)) as number),
    }),
  );
  const leaf = defineAgent({ name: "leaf", run: () => 1 });
  const cluster = openCluster({ agents: [deep, ...others, leaf] });
  const harnesses = [1, 2].map(() => cluster.open(2, { maxConcurrent: 2 }));
  const runs = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      (harnesses[index % 2] as Harness).submit(deep, 3, { caller: `caller-${index}` }),
    ),
  );
  expect(await Promise.all(runs.map(({ result }) => result))).toEqual(runs.map(() => 4));
  expect(most).toBeLessThanOrEqual(2);
  expect(await cluster.store.listRuns({ states: ["open"] })).toEqual([]);
  expect(await harnesses[0]?.lanes["default"]?.stats()).toMatchObject({ queued: 0, running: 0, finished: 8 });
});

test("a harness on this lane: cancel() stops a run that runs in another process, with its child, and takes out one that waits", async () => {
  const leaf = defineAgent({ name: "leaf", run: untilStopped });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(leaf, 0) });
  const cluster = openCluster({ agents: [leaf, main] });
  const asked = cluster.open(0);
  const works = cluster.open(1);
  await works.start();
  const runs = await Promise.all([1, 2].map(() => asked.submit(main, 0, { caller: "ada" })));
  await until(async () => (await cluster.store.listRuns({ states: ["open"] })).length === 3);
  for (const run of runs) await run.cancel();
  for (const run of runs) {
    await expect(run.result).rejects.toMatchObject({ code: expect.stringContaining("CANCELLED") });
    expect(await (await works.run(run.id))?.placement()).toEqual({ state: "cancelled", exact: true });
  }
  await until(async () => (await cluster.store.listRuns({ states: ["open"] })).length === 0);
  for (const { agent, state } of await cluster.store.listRuns())
    expect([agent, state]).toEqual([agent, "cancelled"]);
});

test.each(["fail", "requeue"] as const)(
  "a harness on this lane: a process that is cut off from Redis and not from the store tells no end of its own, of an agent that says %s",
  async (onInterrupted) => {
    let starts = 0;
    const agent = defineAgent({
      name: "worker",
      onInterrupted,
      run: async (context) => {
        starts += 1;
        const isFirst = starts === 1;
        const grid = await context.fanout([1, 2, 3], ["a"], (task) =>
          isFirst && task === 2 ? untilStopped(context) : task,
        );
        return grid.fulfilled.length;
      },
    });
    const cluster = openCluster({ agents: [agent] });
    const proxy = await openProxy(url());
    const first = cluster.open(1, { connection: proxy.url });
    const run = await first.submit(agent, 0, { caller: "ada", destinations: here });
    await until(async () => (await cluster.store.listRunCells(run.id)).length === 1);
    const second = cluster.open(1);
    await second.start();
    proxy.drop();
    const there = await second.run(run.id);
    const isAgain = onInterrupted === "requeue";
    if (isAgain) expect(await there?.result).toBe(3);
    else await expect(there?.result).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
    expect(starts).toBe(isAgain ? 2 : 1);
    proxy.restore();
    // Who was asked learns how it ended.
    const known = (await first.run(run.id))?.result;
    if (isAgain) expect(await known).toBe(3);
    else await expect(known).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
    await second.outbox?.settled(`${run.id}/0/0`);
    expect([...cluster.arrived.values()]).toEqual([
      [isAgain ? "3" : expect.stringContaining("HARNESS_INTERRUPTED")],
    ]);
    const types: string[] = [];
    for await (const { type } of there?.events() ?? []) types.push(type);
    expect(types.filter((type) => type === "run-ended")).toHaveLength(1);
  },
);

test.skipIf(redisProgram === undefined)(
  "a harness on this lane: a Redis that has forgotten all starts nothing twice and loses nothing that waits, since the store knows it",
  async () => {
    const server = await createRedis();
    onTestFinished(() => server.remove());
    const starts: string[] = [];
    const agent = defineAgent({
      name: "worker",
      run: async (context, isLong: boolean) => {
        starts.push(context.runId);
        return isLong ? await untilStopped(context) : "done";
      },
    });
    const cluster = openCluster({ agents: [agent] });
    const connection = server.url;
    const asked = cluster.open(0, { connection });
    const works = cluster.open(1, { connection });
    await Promise.all([asked.start(), works.start()]);
    const long = await asked.submit(agent, true, { caller: "ada", destinations: here });
    await until(() => starts.length === 1);
    const waiting = await Promise.all(
      [1, 2].map(() => asked.submit(agent, false, { caller: "ada", destinations: here })),
    );
    await server.kill();
    await server.start();
    await expect(long.result).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
    for (const { result } of waiting) expect(await result).toBe("done");
    // Each once, in whatever order.
    expect(starts).toHaveLength(3);
    expect(new Set(starts)).toEqual(new Set([long, ...waiting].map(({ id }) => id)));
    for (const { id } of [long, ...waiting]) await asked.outbox?.settled(`${id}/0/0`);
    expect([...cluster.arrived.values()].map(([text]) => text).toSorted()).toEqual([
      "done",
      "done",
      expect.stringContaining("HARNESS_INTERRUPTED"),
    ]);
  },
);
