import { expect, test } from "vitest";
import { createHarness, defineAgent, type LaneChoice } from "../src/index.ts";
import { laneWithoutClosures, laneWithoutYield } from "./plain-lane.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const options = { name: "default", maxConcurrent: 1 };
const lanes: readonly (readonly [string, () => LaneChoice])[] = [
  ["without yield", () => laneWithoutYield(options)],
  ["without closures", () => (reconstruct) => laneWithoutClosures(options, reconstruct)],
];

test.each(lanes)(
  "children and cells in a lane %s run inside the slot, one at a time",
  async (_name, lane) => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await settled();
      running -= 1;
      return 1;
    };
    const leaf = defineAgent({ name: "leaf", run: work });
    const middle = defineAgent({
      name: "middle",
      run: async (context) => [await context.dispatch(leaf, 1), await context.dispatch(leaf, 2)],
    });
    const main = defineAgent({
      name: "main",
      run: async (context) => {
        const children = await Promise.all([context.dispatch(middle, 1), context.dispatch(middle, 2)]);
        const grid = await context.fanout([1, 2], [1, 2], work);
        const nested = await context.fanout([1, 2], [1], () =>
          context.dispatch(middle, 3, { onDuplicate: "allow" }),
        );
        return [children, grid.fulfilled.length, nested.fulfilled.length];
      },
    });
    await using harness = createHarness({ agents: [leaf, middle, main], lanes: { default: lane() } });
    const run = await harness.submit(main, 0, { caller: "ada" });
    expect(await run.result).toEqual([
      [
        [1, 1],
        [1, 1],
      ],
      4,
      2,
    ]);
    expect(most).toBe(1);
  },
);

test.each(lanes)(
  "a join in a lane %s is refused where the call in flight may wait for the very slot, and else waits for it",
  async (_name, lane) => {
    const leaf = defineAgent({ name: "leaf", run: () => "leaf" });
    const asking = defineAgent({
      name: "asking",
      run: (context) =>
        context
          .dispatch(leaf, 0, { onDuplicate: "join" })
          .catch(({ code }: { readonly code: string }) => code),
    });
    const main = defineAgent({
      name: "main",
      run: (context) =>
        Promise.all([
          context.dispatch(asking, 0),
          context.dispatch(leaf, 0),
          context.dispatch(leaf, 0, { onDuplicate: "join" }),
        ]),
    });
    await using harness = createHarness({ agents: [leaf, asking, main], lanes: { default: lane() } });
    const run = await harness.submit(main, 0, { caller: "ada" });
    expect(await run.result).toEqual(["GUARD_DUPLICATE", "leaf", "leaf"]);
  },
);

test.each(lanes)("cancelling a run in a lane %s stops the children in its slot", async (_name, lane) => {
  const started: string[] = [];
  const leaf = defineAgent({
    name: "leaf",
    run: ({ signal }, name: string) =>
      new Promise<never>((_resolve, reject) => {
        started.push(name);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  });
  const main = defineAgent({
    name: "main",
    run: (context) => Promise.all([context.dispatch(leaf, "one"), context.dispatch(leaf, "two")]),
  });
  await using harness = createHarness({ agents: [leaf, main], lanes: { default: lane() } });
  const run = await harness.submit(main, 0, { caller: "ada" });
  await settled();
  await run.cancel();
  await expect(run.result).rejects.toMatchObject({ code: "HARNESS_CANCELLED" });
  await settled();
  expect(started).toEqual(["one"]);
  expect(await harness.lanes["default"]?.stats()).toMatchObject({ running: 0 });
});

test("a parent in a lane without yield keeps its slot, and a child in another lane takes one there", async () => {
  const leaf = defineAgent({ name: "leaf", lane: "other", run: () => "leaf" });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(leaf, 0) });
  await using harness = createHarness({
    agents: [leaf, main],
    lanes: { default: laneWithoutYield(options), other: { maxConcurrent: 1 } },
  });
  const run = await harness.submit(main, 0, { caller: "ada" });
  expect(await run.result).toBe("leaf");
  expect(await harness.lanes["other"]?.stats()).toMatchObject({ finished: 1 });
});
