import { createLane, type Lane } from "@executus/lane";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type Harness, type HarnessOptions } from "../src/index.ts";
import { changedStore, combinedStore, dyingStore, type WholeStore } from "./combined-store.ts";
import { type Broker, createBroker } from "./json-lane.ts";
import { letterbox } from "./letterbox.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const here = { channel: "chat", to: "ada" };
const outbox = { deadlineMs: 20, leaseMs: 10, pollMs: 10 };

interface World {
  readonly base: WholeStore;
  readonly broker: Broker;
  readonly options: Omit<HarnessOptions, "store" | "lanes">;
}

interface Process {
  readonly harness: Harness;
  /** From now on it does nothing, and the broker finds that out. */
  readonly die: () => void;
  /** The broker takes it for dead and tells it so; it goes on otherwise. */
  readonly fence: () => void;
}

/** A process with a harness, whose lane works so many jobs of all that are there. */
function startProcess({ base, broker, options }: World, works: number): Process {
  let isDead = false;
  const made: Lane[] = [];
  const { store } = dyingStore(base, () => (isDead ? "before" : undefined));
  const harness = createHarness({
    logger: { warn: (): void => {} },
    pollMs: 2,
    persist: { leaseMs: 5 },
    outbox,
    ...options,
    store,
    lanes: {
      default: (reconstruct) => {
        made.push(broker.lane(reconstruct, works));
        return made[0] as Lane;
      },
    },
  });
  const die = (): void => {
    isDead = true;
    broker.dies(made[0] as Lane);
  };
  const fence = (): void => broker.fences(made[0] as Lane);
  return { harness, die, fence };
}

async function texts(events: AsyncIterable<{ readonly type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of events) types.push(type);
  return types;
}

async function started({ broker }: World, jobId: string): Promise<void> {
  while (broker.jobs.get(jobId)?.state !== "running") await settled();
}

test("a run that one process submits and another works on: placement, events, files, cells, children and reply are as of one", async () => {
  const { arrived, deliverer } = letterbox();
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
      context.progress.phase("work");
      await open.promise;
      const grid = await context.fanout([1, 2], [10], (task, target) => task * target);
      return {
        text: `${await context.dispatch(leaf, 1)} ${grid.fulfilled.map(({ value }) => value).join()}`,
      };
    },
  });
  const world = {
    base: combinedStore(),
    broker: createBroker(),
    options: { agents: [leaf, main], deliver: deliverer },
  };
  const one = startProcess(world, 0);
  const other = startProcess(world, 1);
  await using asker = one.harness;
  await using worker = other.harness;
  const run = await asker.submit(main, 0, { caller: "ada", destinations: here });
  await started(world, run.id);
  expect(await run.placement()).toEqual({ state: "running", exact: true });
  const seen: string[] = [];
  const read = (async () => {
    for await (const event of run.events()) {
      seen.push(event.type);
      // What happens there is seen here while it goes on.
      if (event.type === "file-added") open.resolve();
    }
  })();
  expect(await run.result).toEqual({ text: "1 10,20" });
  await read;
  const tillEnd = seen.slice(0, seen.indexOf("run-ended") + 1);
  expect(tillEnd.filter((type) => type !== "progress")).toEqual([
    "run-accepted",
    "run-started",
    "file-added",
    "cell-ended",
    "cell-ended",
    expect.stringContaining("delivery"),
    "run-ended",
  ]);
  expect(await texts((await worker.run(run.id))?.events() as never)).toContain("run-ended");
  expect(await run.placement()).toEqual({ state: "finished", exact: true });
  await worker.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toEqual([
    {
      destination: here,
      key: `${run.id}/0/0`,
      text: "1 10,20",
      files: [
        ["a.txt", "of the run"],
        ["leaf-1.txt", "of a child"],
      ],
    },
  ]);
  expect(await world.base.getRun(`${run.id}.1`)).toMatchObject({
    state: "finished",
    result: expect.any(String),
  });
});

test("a run that fails in another process is told here as it is stored, with one end and one message", async () => {
  const { arrived, deliverer } = letterbox();
  const agent = defineAgent({ name: "worker", run: () => Promise.reject(new Error("internals")) });
  const world = {
    base: combinedStore(),
    broker: createBroker(),
    options: { agents: [agent], deliver: deliverer },
  };
  await using asker = startProcess(world, 0).harness;
  await using worker = startProcess(world, 1).harness;
  const run = await asker.submit(agent, 0, { caller: "ada", destinations: here });
  await expect(run.result).rejects.toMatchObject({
    code: "HARNESS_RUN_FAILED",
    failure: { code: "HARNESS_AGENT_FAILED" },
  });
  await worker.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual([
    'worker could not finish: Agent "worker" failed (HARNESS_AGENT_FAILED)',
  ]);
  const ends = (await texts(run.events())).filter((type) => type === "run-ended");
  expect(ends).toEqual(["run-ended"]);
});

test("cancel() here stops a run that is queued elsewhere, and one that runs elsewhere", async () => {
  const agent = defineAgent({
    name: "worker",
    run: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  });
  const world = { base: combinedStore(), broker: createBroker(), options: { agents: [agent] } };
  await using asker = startProcess(world, 0).harness;
  await using third = startProcess(world, 0).harness;
  const runs = await Promise.all([1, 2, 3].map(() => asker.submit(agent, 0, { caller: "ada" })));
  const [queued, running, other] = runs;
  await queued?.cancel();
  await expect(queued?.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await using worker = startProcess(world, 2).harness;
  // Only then it takes jobs, and looks for requests.
  await worker.start();
  await (await asker.submit(agent, 0, { caller: "ada" })).cancel();
  await started(world, running?.id ?? "");
  await running?.cancel();
  await expect(running?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  await started(world, other?.id ?? "");
  await (await third.run(other?.id ?? ""))?.cancel();
  await expect(other?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  for (const run of runs) expect(await texts(run.events())).toContain("run-ended");
  for (const { id } of runs) expect(await world.base.getRun(id)).toMatchObject({ state: "cancelled" });
});

test.each(["before it is asked", "while it takes the job"])(
  "cancel() of a run that its lane does not know yet, %s, stops it",
  async (when) => {
    const base = combinedStore();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const gate = async (): Promise<void> => {
      asked.resolve();
      await answer.promise;
    };
    const appendRunEvents: WholeStore["appendRunEvents"] = async (runId, events) => {
      if (when === "before it is asked") await gate();
      return base.appendRunEvents(runId, events);
    };
    const slowly = (lane: Lane): Lane =>
      new Proxy(lane, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== "function") return value;
          if (name !== "submit") return (value as () => unknown).bind(target);
          return async (...given: Parameters<Lane["submit"]>) => {
            if (when === "while it takes the job") await gate();
            return target.submit(...given);
          };
        },
      });
    let starts = 0;
    const agent = defineAgent({ name: "worker", run: () => (starts += 1) });
    const blocking = createLane({ name: "default", maxConcurrent: 0 });
    await using harness = createHarness({
      agents: [agent],
      logger: { warn: (): void => {} },
      pollMs: 1_000,
      store: changedStore(base, { appendRunEvents }),
      lanes: { default: () => slowly(blocking) },
    });
    const submit = () => harness.submit(agent, 0, { caller: "ada", key: "monday" });
    const first = submit().catch(() => {});
    await asked.promise;
    const run = await submit();
    await run.cancel();
    answer.resolve();
    await first;
    await blocking.setMaxConcurrent(1);
    await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
    expect(await base.getRun(run.id)).toMatchObject({ state: "cancelled" });
    expect(starts).toBe(0);
  },
);

test("submit() with a signal: an abort stops the run in the process that works on it, and tells its end once", async () => {
  const stopped = Promise.withResolvers<unknown>();
  const agent = defineAgent({
    name: "worker",
    run: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        signal.addEventListener("abort", () => stopped.resolve(signal.reason), { once: true });
      }),
  });
  const world = { base: combinedStore(), broker: createBroker(), options: { agents: [agent] } };
  await using asker = startProcess(world, 0).harness;
  await using worker = startProcess(world, 1).harness;
  await worker.start();
  const controller = new AbortController();
  const run = await asker.submit(agent, 0, { caller: "ada", signal: controller.signal });
  await started(world, run.id);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(run.result).rejects.toBe(reason);
  expect(await stopped.promise).toMatchObject({ code: "HARNESS_CANCELLED" });
  const ends = (await texts(run.events())).filter((type) => type === "run-ended");
  expect(ends).toEqual(["run-ended"]);
});

test.each(["fail", "requeue"] as const)(
  "a run in a lane of a function whose process dies, of an agent that says %s, ends so and says so once",
  async (onInterrupted) => {
    const { arrived, deliverer } = letterbox();
    const starts: string[] = [];
    const cells: string[] = [];
    const dead = Promise.withResolvers<void>();
    const agent = defineAgent({
      name: "worker",
      onInterrupted,
      run: async (context) => {
        starts.push(context.runId);
        const first = starts.length === 1;
        const grid = await context.fanout([1, 2], ["a"], async (task, target) => {
          if (first && task === 2) await dead.promise;
          cells.push(`${task}${target}`);
          return task;
        });
        return grid.fulfilled.length;
      },
    });
    const world = {
      base: combinedStore(),
      broker: createBroker(),
      options: { agents: [agent], deliver: deliverer },
    };
    const asker = startProcess(world, 0);
    const first = startProcess(world, 1);
    const run = await asker.harness.submit(agent, 0, { caller: "ada", destinations: here });
    await started(world, run.id);
    while ((await world.base.listRunCells(run.id)).length < 1) await settled();
    const second = startProcess(world, 1);
    first.die();
    const isAgain = onInterrupted === "requeue";
    if (isAgain) expect(await run.result).toBe(2);
    else await expect(run.result).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
    expect(starts).toEqual(isAgain ? [run.id, run.id] : [run.id]);
    expect(cells).toEqual(isAgain ? ["1a", "2a"] : ["1a"]);
    expect([...world.broker.jobs].map(([id, { state }]) => [id, state])).toEqual(
      isAgain
        ? [
            [run.id, "failed"],
            [`${run.id}#1`, "finished"],
          ]
        : [[run.id, "failed"]],
    );
    await asker.harness.outbox?.settled(`${run.id}/0/0`);
    expect(arrived.map(({ text }) => text)).toEqual([
      isAgain ? "2" : expect.stringContaining("HARNESS_INTERRUPTED"),
    ]);
    for (const { harness } of [asker, second]) await harness.close();
  },
);

test.each(["fail", "requeue"] as const)(
  "a process that its lane has taken for dead tells no end of its own, whatever its code throws then, of an agent that says %s",
  async (onInterrupted) => {
    const { arrived, deliverer } = letterbox();
    const stopped = Promise.withResolvers<void>();
    let starts = 0;
    const agent = defineAgent({
      name: "worker",
      onInterrupted,
      run: ({ signal }) => {
        starts += 1;
        if (starts > 1) return "the answer";
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stopped.resolve();
            reject(new DOMException("This operation was aborted", "AbortError"));
          });
        });
      },
    });
    const options = { agents: [agent], deliver: deliverer };
    const world = { base: combinedStore(), broker: createBroker(), options };
    await using asker = startProcess(world, 0).harness;
    const first = startProcess(world, 1);
    const run = await asker.submit(agent, 0, { caller: "ada", destinations: here });
    await started(world, run.id);
    await using second = startProcess(world, 1).harness;
    await second.start();
    first.fence();
    await stopped.promise;
    const isAgain = onInterrupted === "requeue";
    if (isAgain) expect(await run.result).toBe("the answer");
    else await expect(run.result).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
    await asker.outbox?.settled(`${run.id}/0/0`);
    expect(arrived.map(({ text }) => text)).toEqual([
      isAgain ? "the answer" : expect.stringContaining("HARNESS_INTERRUPTED"),
    ]);
    await first.harness.close();
    const ends = (await texts(run.events())).filter((type) => type === "run-ended");
    expect(ends).toEqual(["run-ended"]);
  },
);

test("submit() stores that a run was accepted before another process can start it, and waits no longer for that than pollMs", async () => {
  const base = combinedStore();
  const hung = Promise.withResolvers<never>();
  const agent = defineAgent({ name: "worker", run: () => "done" });
  const slow = changedStore(base, {
    appendRunEvents: async (runId, events) => {
      // Many turns, in which a worker would be done.
      for (let turn = 0; turn < 20; turn += 1) await settled();
      return (await base.listRuns()).length > 1 ? hung.promise : base.appendRunEvents(runId, events);
    },
  });
  const broker = createBroker();
  const options = { agents: [agent] };
  const { harness: asker } = startProcess({ base: slow, broker, options }, 0);
  await using worker = startProcess({ base, broker, options }, 1).harness;
  await worker.start();
  const run = await asker.submit(agent, 0, { caller: "ada" });
  expect(await run.result).toBe("done");
  expect(await texts(run.events())).toEqual(["run-accepted", "run-started", "run-ended"]);
  expect(await (await asker.submit(agent, 0, { caller: "ada" })).result).toBe("done");
});

test.each(["start() of the next boot", "a live process that looks"])(
  "%s starts an interrupted run again whose submitter is gone too",
  async (who) => {
    let starts = 0;
    const agent = defineAgent({
      name: "worker",
      onInterrupted: "requeue",
      run: () => {
        starts += 1;
        return starts === 1 ? new Promise<never>(() => {}) : "the answer";
      },
    });
    const world = { base: combinedStore(), broker: createBroker(), options: { agents: [agent] } };
    const isBoot = who.startsWith("start()");
    const witness = isBoot ? undefined : startProcess(world, 0);
    await witness?.harness.start();
    const only = startProcess(world, 1);
    const { id } = await only.harness.submit(agent, 0, { caller: "ada" });
    await started(world, id);
    only.die();
    const { harness } = startProcess(world, 1);
    if (isBoot) expect(await harness.start()).toEqual({ resubmitted: [id], finished: [], failed: [] });
    expect(await (await harness.run(id))?.result).toBe("the answer");
    expect(starts).toBe(2);
    await Promise.all([harness.close(), witness?.harness.close()]);
  },
);

test("a run that was started again elsewhere has the same handle: placement, and a cancel that reaches it", async () => {
  const agent = defineAgent({
    name: "worker",
    onInterrupted: "requeue",
    run: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  });
  const world = { base: combinedStore(), broker: createBroker(), options: { agents: [agent] } };
  await using asker = startProcess(world, 0).harness;
  const first = startProcess(world, 1);
  const run = await asker.submit(agent, 0, { caller: "ada" });
  await started(world, run.id);
  await using second = startProcess(world, 1).harness;
  await second.start();
  first.die();
  await started(world, `${run.id}#1`);
  expect(await run.placement()).toEqual({ state: "running", exact: true });
  await run.cancel();
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  expect(await run.placement()).toEqual({ state: "cancelled", exact: true });
});

test("a process that looks late ends nothing of the start that another one has made meanwhile", async () => {
  const base = combinedStore();
  const [looks, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const open = Promise.withResolvers<string>();
  const slow = changedStore(base, {
    listRuns: async (filter) => {
      if (filter?.rootRunId !== undefined) {
        looks.resolve();
        await late.promise;
      }
      return base.listRuns(filter);
    },
  });
  const leaf = defineAgent({ name: "leaf", run: () => open.promise });
  const main = defineAgent({
    name: "main",
    onInterrupted: "requeue",
    run: (context) => context.dispatch(leaf, 0),
  });
  const world = { base, broker: createBroker(), options: { agents: [leaf, main] } };
  await using looker = startProcess({ ...world, base: slow }, 0).harness;
  await looker.start();
  const first = startProcess(world, 1);
  const { id } = await first.harness.submit(main, 0, { caller: "ada" });
  while (!(await base.getRun(`${id}.1`))) await settled();
  first.die();
  await looks.promise;
  await using second = startProcess(world, 1).harness;
  await second.start();
  while (!(await base.getRun(`${id}.1:1`))) await settled();
  late.resolve();
  while ((await base.getRun(`${id}.1`))?.state === "open") await settled();
  for (let turn = 0; turn < 100; turn += 1) await settled();
  expect(await base.getRun(`${id}.1:1`)).toMatchObject({ state: "open" });
  open.resolve("leaf");
  expect(await (await second.run(id))?.result).toBe("leaf");
});

test("a run whose lane has lost its job starts once: it is queued again if it had not started, and else was interrupted", async () => {
  const starts: string[] = [];
  const agent = defineAgent({
    name: "worker",
    run: (context, stays: boolean) => {
      starts.push(context.runId);
      return stays ? new Promise<never>(() => {}) : "done";
    },
  });
  const world = { base: combinedStore(), broker: createBroker(), options: { agents: [agent] } };
  const { harness: worker, die } = startProcess(world, 1);
  const started = await worker.submit(agent, true, { caller: "ada" });
  const queued = await worker.submit(agent, false, { caller: "ada" });
  while ((await world.base.listRunEvents(started.id)).length < 2) await settled();
  die();
  for (const { id } of [started, queued]) world.broker.loses(id);
  await using next = startProcess(world, 1).harness;
  await next.start();
  await expect((await next.run(started.id))?.result).rejects.toMatchObject({
    failure: { code: "HARNESS_INTERRUPTED" },
  });
  expect(await (await next.run(queued.id))?.result).toBe("done");
  expect(starts).toEqual([started.id, queued.id]);
});

test("a run that is interrupted more often than maxInterruptions ends as interrupted, with its children", async () => {
  let starts = 0;
  const leaf = defineAgent({ name: "leaf", run: () => new Promise<never>(() => {}) });
  const agent = defineAgent({
    name: "worker",
    onInterrupted: "requeue",
    run: (context) => {
      starts += 1;
      return context.dispatch(leaf, 0);
    },
  });
  const world = { base: combinedStore(), broker: createBroker(), options: { agents: [leaf, agent] } };
  const asker = startProcess(world, 0);
  const run = await asker.harness.submit(agent, 0, { caller: "ada" });
  for (const job of [run.id, `${run.id}#1`, `${run.id}#2`, `${run.id}#3`]) {
    const worker = startProcess(world, 1);
    await started(world, job);
    while (!(await world.base.listRuns({ states: ["open"] })).some(({ agent: name }) => name === "leaf"))
      await settled();
    worker.die();
  }
  await expect(run.result).rejects.toMatchObject({ failure: { code: "HARNESS_INTERRUPTED" } });
  expect(starts).toBe(4);
  while ((await world.base.listRuns({ states: ["open"] })).length > 0) await settled();
  await asker.harness.close();
});

test("a run that may be interrupted without a limit is found in a lane of a function", async () => {
  const broker = createBroker();
  const store = combinedStore();
  const agent = defineAgent({ name: "worker", onInterrupted: "requeue", run: () => 1 });
  let asked = 0;
  const counting = (lane: Lane): Lane =>
    new Proxy(lane, {
      get: (target, name) => {
        if (name === "placement" && (asked += 1) > 200) throw new Error("It asks without an end");
        return Reflect.get(target, name) as unknown;
      },
    });
  const [asker, other] = [0, 1].map(() =>
    createHarness({
      agents: [agent],
      store,
      persist: { leaseMs: 100_000, maxInterruptions: Number.POSITIVE_INFINITY },
      lanes: { default: (reconstruct) => counting(broker.lane(reconstruct, 0)) },
    }),
  ) as [Harness, Harness];
  const { id } = await asker.submit(agent, 0, { caller: "ada" });
  expect(await (await other.run(id))?.placement()).toMatchObject({ state: "queued" });
  await asker.close();
  await other.close();
});
