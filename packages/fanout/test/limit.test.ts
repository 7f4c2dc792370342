import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test, vi } from "vitest";
import { fanout } from "../src/index.ts";
import { fanoutStream } from "../src/stream.ts";
import { liveLimit, Probe, turn } from "./probe.ts";

test("fanout() follows a cap that grows", async () => {
  const probe = new Probe();
  const cap = liveLimit(1);
  const done = fanout(Array(4).keys(), ["x"], probe.run, { maxConcurrent: cap.limit });
  expect(probe.running).toHaveLength(1);
  cap.set(3);
  await turn();
  expect(probe.running).toHaveLength(3);
  await probe.resolveAll();
  expect((await done).fulfilled).toHaveLength(4);
});

test("fanout() starts nothing until running code is below a cap that fell", async () => {
  const probe = new Probe();
  const cap = liveLimit(3);
  const done = fanout(Array(5).keys(), ["x"], probe.run, { maxConcurrent: cap.limit });
  cap.set(1);
  await probe.resolve("0,0");
  await probe.resolve("1,0");
  expect(probe.running).toEqual(["2,0"]);
  await probe.resolve("2,0");
  expect(probe.running).toEqual(["3,0"]);
  await probe.resolveAll();
  await done;
});

test("fanout() follows a cap per key up and down", async () => {
  const probe = new Probe();
  const cap = liveLimit(2);
  const done = fanout(Array(4).keys(), ["x", "y"], probe.run, { maxConcurrentPerKey: cap.limit });
  cap.set(1);
  await probe.resolve("0,0");
  expect(probe.running).toEqual(["0,1", "1,0", "1,1"]);
  cap.set(3);
  await turn();
  expect(probe.running).toEqual(["0,1", "1,0", "1,1", "2,0", "2,1", "3,0"]);
  await probe.resolveAll();
  await done;
});

test.each(["maxConcurrent", "maxConcurrentPerKey"])(
  "fanout() holds all cells while a %s with subscribe is 0",
  async (name) => {
    const probe = new Probe();
    const cap = liveLimit(0);
    const done = fanout(["a", "b"], ["x"], probe.run, { [name]: cap.limit });
    await turn();
    expect(probe.started).toEqual([]);
    cap.set(2);
    await turn();
    expect(probe.running).toEqual(["0,0", "1,0"]);
    await probe.resolveAll();
    await done;
  },
);

test("fanout() resolves on abort while a cap of 0 holds all cells", async () => {
  const controller = new AbortController();
  const options = { maxConcurrent: liveLimit(0).limit, signal: controller.signal };
  const done = fanout(["a"], ["x"], () => expect.unreachable(), options);
  controller.abort("stop");
  expect((await done).skipped).toHaveLength(1);
});

test("fanout() reads a cap without subscribe whenever a slot is looked for", async () => {
  const probe = new Probe();
  let cap = 1;
  const done = fanout(Array(5).keys(), ["x"], probe.run, { maxConcurrent: () => cap });
  cap = 3;
  expect(probe.running).toHaveLength(1);
  await probe.resolve("0,0");
  expect(probe.running).toHaveLength(3);
  cap = 1;
  await probe.resolve("1,0");
  await probe.resolve("2,0");
  expect(probe.running).toHaveLength(1);
  await probe.resolveAll();
  await done;
});

test("fanout() does not nest calls when a cap without subscribe is read for 100,000 cells that return at once", async () => {
  const grid = await fanout(Array(100_000).keys(), ["x"], (task) => task, { maxConcurrent: () => 2 });
  expect(grid.fulfilled).toHaveLength(100_000);
});

test("fanout() rejects for a cap without subscribe that is 0 at the start: nobody would say when that is over", async () => {
  await expect(fanout(["a"], ["x"], () => 1, { maxConcurrent: () => 0 })).rejects.toThrow(
    new RangeError(
      "Cannot fan out: 'maxConcurrent' must be a whole number of at least 1, or Infinity: received 0",
    ),
  );
});

test.each([
  ["gives NaN", () => NaN],
  ["gives 0", () => 0],
  [
    "throws",
    (): number => {
      throw new Error("no setting");
    },
  ],
])("fanout() keeps the last value of a cap that %s, and reports it once", async (_name, next) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  let read = (): number => 2;
  const probe = new Probe();
  const done = fanout(Array(4).keys(), ["x"], probe.run, { maxConcurrent: () => read() });
  read = next;
  await probe.resolve("0,0");
  expect(probe.running).toEqual(["1,0", "2,0"]);
  await probe.resolveAll();
  await done;
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0]?.[0])).toContain("fanout keeps the last 'maxConcurrent', 2: ");
  warn.mockRestore();
});

test("fanout() rejects with what a cap threw when it was first asked", async () => {
  const failure = new Error("no setting");
  const maxConcurrent = (): number => {
    throw failure;
  };
  await expect(fanout(["a"], ["x"], () => 1, { maxConcurrent })).rejects.toBe(failure);
});

test("fanout() leaves no subscription behind, also when subscribing to the second cap throws", async () => {
  const [total, perKey] = [liveLimit(1), liveLimit(1)];
  const caps = { maxConcurrent: total.limit, maxConcurrentPerKey: perKey.limit };
  await fanout(
    ["a"],
    ["x"],
    () => expect([total.listeners.size, perKey.listeners.size]).toEqual([1, 1]),
    caps,
  );
  expect([total.listeners.size, perKey.listeners.size]).toEqual([0, 0]);
  const broken = Object.assign(() => 1, {
    subscribe: (): never => {
      throw new Error("no more listeners");
    },
  });
  const done = fanout(["a"], ["x"], () => 1, { ...caps, maxConcurrentPerKey: broken });
  await expect(done).rejects.toThrow("no more listeners");
  expect(total.listeners.size).toBe(0);
});

test("fanout() calls run in its own async context when somebody else raises a cap", async () => {
  const context = new AsyncLocalStorage<string>();
  const cap = liveLimit(0);
  const done = context.run("fan-out", () =>
    fanout(["a", "b"], ["x"], () => context.getStore(), { maxConcurrent: cap.limit }),
  );
  await context.run("settings", async () => cap.set(1));
  expect((await done).fulfilled.map((cell) => cell.value)).toEqual(["fan-out", "fan-out"]);
});

test.each(["maxConcurrent", "maxConcurrentPerKey"])(
  "fanoutStream() follows a %s that changed before the first read",
  async (name) => {
    const probe = new Probe();
    const cap = liveLimit(1);
    const stream = fanoutStream(["a", "b", "c"], ["x"], probe.run, { [name]: cap.limit });
    cap.set(2);
    const read = stream.next();
    await turn();
    expect(probe.running).toEqual(["0,0", "1,0"]);
    await stream.return();
    await read;
  },
);
