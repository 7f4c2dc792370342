import { createHarness, defineAgent, type HarnessOptions } from "@executus/harness";
import type { Deliverer } from "@executus/deliver";
import { expect, test } from "vitest";
import { type Opened, openStore, useServer } from "./open-store.ts";

const { url } = useServer();
const here = { channel: "chat", to: "ada" };

/** As another process has it: a pool of its own on the same schema. */
function openHarness(
  schema: Opened["schema"] | undefined,
  options: Omit<HarnessOptions, "store">,
): Opened & { readonly harness: ReturnType<typeof createHarness> } {
  const opened = openStore(url(), schema === undefined ? {} : { schema });
  const harness = createHarness({ pollMs: 20, outbox: { pollMs: 20 }, ...options, store: opened.store });
  return { ...opened, harness };
}

test("one store is all that a harness needs: a run with files, cells, a child and a reply, and its handle elsewhere", async () => {
  const arrived: unknown[] = [];
  const deliver: Deliverer = {
    async deliver(_destination, { text, files = [] }) {
      const contents = files.map(async (file) => [file.name, await new Response(file.stream()).text()]);
      arrived.push([text, ...(await Promise.all(contents))]);
      return { status: "delivered", parts: [{ index: 0, status: "sent", attempts: 1 }], notes: [] };
    },
  };
  const leaf = defineAgent({
    name: "leaf",
    run: async (context) => {
      await context.attach({ name: "leaf.txt", data: "of a child" });
      return "leaf";
    },
  });
  const main = defineAgent({
    name: "main",
    run: async (context) => {
      const grid = await context.fanout([1, 2], ["a"], (task, target) => `${task}${target}`);
      return `${grid.fulfilled.map(({ value }) => value).join()} ${await context.dispatch(leaf, 0)}`;
    },
  });
  const one = openHarness(undefined, { agents: [leaf, main], deliver });
  const run = await one.harness.submit(main, 0, { caller: "ada", destinations: here });
  expect(await run.result).toBe("1a,2a leaf");
  await one.harness.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toEqual([["1a,2a leaf", ["leaf.txt", "of a child"]]]);
  const other = openHarness(one.schema, { agents: [leaf, main] });
  const there = await other.harness.run(run.id);
  expect(await there?.result).toBe("1a,2a leaf");
  expect(await there?.placement()).toEqual({ state: "finished", exact: true });
  await one.harness.close();
  const types: string[] = [];
  for await (const { type } of there?.events() ?? []) types.push(type);
  expect(types).toEqual(expect.arrayContaining(["run-accepted", "run-started", "cell-ended", "run-ended"]));
  await other.harness.close();
});

test("a run that was queued when its process went runs in the next, and one that runs is stopped by another process", async () => {
  const agent = defineAgent({
    name: "worker",
    run: ({ signal }, stops: boolean) =>
      new Promise((resolve, reject) => {
        if (!stops) resolve("done");
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  });
  const persist = { leaseMs: 300 };
  const first = openHarness(undefined, {
    agents: [agent],
    lanes: { default: { maxConcurrent: 0 } },
    persist,
  });
  const queued = await first.harness.submit(agent, false, { caller: "ada" });
  await first.harness.close();
  const next = openHarness(first.schema, { agents: [agent], persist });
  await next.harness.start();
  expect(await (await next.harness.run(queued.id))?.result).toBe("done");
  const running = await next.harness.submit(agent, true, { caller: "ada" });
  const other = openHarness(first.schema, { agents: [agent], persist });
  const there = await other.harness.run(running.id);
  await expect.poll(async () => (await there?.placement())?.state).toBe("running");
  await there?.cancel();
  await expect(running.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await expect(there?.result).rejects.toMatchObject({ code: "HARNESS_RUN_CANCELLED" });
  await next.harness.close();
  await other.harness.close();
});
