import { expect, expectTypeOf, test } from "vitest";
import { createLanes } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

test("createLanes() makes a lane for each entry, named after its key", async () => {
  const lanes = createLanes({ llm: { maxConcurrent: 4 }, gpu: { maxConcurrent: 1 } });
  expect(lanes.names).toEqual(["llm", "gpu"]);
  expect(lanes.get("gpu").name).toBe("gpu");
  await expect(lanes.get("llm").run(({ lane }) => lane)).resolves.toBe("llm");
  expectTypeOf<Parameters<typeof lanes.get>>().toEqualTypeOf<["llm" | "gpu"]>();
});

test("createLanes() refuses a bad option naming its lane", () => {
  expect(() => createLanes({ llm: { maxConcurrent: 4 }, gpu: { maxConcurrent: -1 } })).toThrow(
    `Cannot create lane "gpu": 'maxConcurrent' must be a whole number of at least 0, or Infinity: received -1`,
  );
});

test("get() of an unknown lane names the lanes there are", () => {
  const lanes = createLanes({ llm: { maxConcurrent: 4 }, gpu: { maxConcurrent: 1 } });
  expect(() => lanes.get("cpu" as "gpu")).toThrow('Cannot get lane "cpu": there are llm, gpu');
});

test("close() of the registry closes every lane and gives each one's report", async () => {
  const lanes = createLanes({ llm: { maxConcurrent: 4 }, gpu: { maxConcurrent: 1 } });
  const job = gate(lanes.get("gpu"), "a");
  await tick();
  const closed = lanes.close();
  await expect(lanes.get("llm").run(() => 1)).rejects.toMatchObject({ code: "LANE_CLOSED" });
  job.finish();
  await expect(closed).resolves.toEqual({ llm: { abandoned: [] }, gpu: { abandoned: [] } });
});
