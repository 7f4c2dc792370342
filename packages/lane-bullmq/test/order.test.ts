import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptRunner } from "../src/redis/run-script.ts";
import { openRedis, unique } from "./open-lane.ts";
import { OrderModel } from "./order-model.ts";
import { propertyRuns } from "./internal/property-runs.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();

interface NewJob {
  readonly caller: string;
  readonly level: number;
  readonly weight: number;
}

const newJob = (weights: readonly number[]): fc.Arbitrary<NewJob> =>
  fc.record({
    caller: fc.constantFrom("ca", "ca", "ca", "ca", "cb", "-"),
    level: fc.constantFrom(7, 7, 0),
    weight: fc.constantFrom(...weights),
  });

const steps = (weights: readonly number[]) =>
  fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          submit: fc.array(newJob(weights), { minLength: 1, maxLength: 240, size: "max" }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ start: fc.integer({ min: 1, max: 40 }) }) },
      { weight: 3, arbitrary: fc.record({ cancel: fc.oneof(fc.nat(3), fc.nat()) }) },
    ),
    { minLength: 1, maxLength: 25, size: "max" },
  );

const kinds = {
  "weights of any size": [1, 1, 2, 0.25, 3.5],
  "weights that use up the tags": [1, 5_000, 40_000],
};

test.for(Object.entries(kinds))(
  "the order of starts is that of a slow model, whatever is submitted, started and cancelled: %s",
  async ([what, weights]) => {
    const property = fc.asyncProperty(steps(weights), async (course) => {
      const base = `${unique("order")}:`;
      const redis = openRedis(url());
      const script = scriptRunner(redis, base);
      const models = [new OrderModel(), new OrderModel()] as const;
      const modelOf = (level: number): OrderModel => models[level === 0 ? 0 : 1];
      const order = (): string[] => [...models[0].order, ...models[1].order];
      let count = 0;
      for (const [number, step] of course.entries()) {
        if ("submit" in step) {
          const jobs = step.submit.map((job) => ({ ...job, id: `j${(count += 1)}` }));
          for (const level of [0, 7]) {
            const own = jobs.filter((job) => job.level === level);
            if (own.length > 0) modelOf(level).submit(own);
          }
          const values = jobs.map(({ id, caller, level, weight }) => {
            const data = { l: level, w: weight, f: "p", n: 0, ...(caller !== "-" && { c: caller.slice(1) }) };
            return [id, caller, level, weight, 0, "echo", JSON.stringify(data)];
          });
          expect(await script("admit", -1, "", JSON.stringify(values), "p", number + 1, 1)).toEqual([]);
        } else if ("start" in step) {
          for (let started = 0; started < step.start; started += 1) {
            const [id] = await redis.zpopmin(`${base}prioritized`);
            expect(id).toBe(models[0].start() ?? models[1].start());
          }
        } else {
          const id = order()[step.cancel % Math.max(1, order().length)] ?? "none";
          const said = String(await script("stop", id, "cancel", "{}", "{}"));
          expect(said.startsWith("taken")).toBe(id !== "none");
          for (const model of models) model.cancel(id);
          let gaps = 1;
          while (gaps > 0) {
            gaps = ((await script("tend", "{}")) as [unknown, unknown, unknown, unknown, number])[4];
            for (const model of models) model.tend();
          }
        }
        expect(await redis.zrange(`${base}prioritized`, "0", "-1")).toEqual(order());
      }
      redis.disconnect();
    });
    await fc.assert(property, { ...propertyRuns(`courses of ${what}`, 25, 1_000), endOnFailure: true });
  },
);
