import { codec, createConfig, type Live } from "@executus/config";
import { createLane, type Limit, type LimitFunction } from "@executus/lane";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";

/** A lane whose cap is a setting that `setCap` changes. */
async function openLane(first: number) {
  const settings = new Map([["lane.llm.max", first]]);
  const config = await createConfig({ "lane.llm.max": { schema: codec.int } }, { sources: [settings] });
  const lane = createLane({ name: "llm", maxConcurrent: config.live("lane.llm.max") });
  onTestFinished(async () => {
    config.close();
    await lane.close();
  });
  const setCap = async (cap: number): Promise<void> => {
    settings.set("lane.llm.max", cap);
    await config.reload();
  };
  return { lane, setCap };
}

/** Jobs that note their start and run until they are let go. */
function createJobs(lane: Awaited<ReturnType<typeof openLane>>["lane"]) {
  const started: string[] = [];
  const done = Promise.withResolvers<void>();
  const jobs: Promise<void>[] = [];
  const add = (name: string): void => {
    jobs.push(
      lane.run(() => {
        started.push(name);
        return done.promise;
      }),
    );
  };
  const finish = async (): Promise<void> => {
    done.resolve();
    await Promise.all(jobs);
  };
  return { started, add, finish };
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("a live setting is a cap that a lane takes, by type", () => {
  expectTypeOf<Live<number>>().toExtend<Limit>();
  expectTypeOf<Live<number>>().toExtend<LimitFunction>();
  expectTypeOf<Live<string>>().not.toExtend<Limit>();
});

test("a busy lane starts queued jobs at once when its live cap rises", async () => {
  const { lane, setCap } = await openLane(1);
  const jobs = createJobs(lane);
  for (const name of ["a", "b", "c", "d"]) jobs.add(name);
  await turns();
  expect(jobs.started).toEqual(["a"]);
  await setCap(3);
  await turns();
  expect(jobs.started).toEqual(["a", "b", "c"]);
  await jobs.finish();
});

test("a busy lane starts nothing while it runs as many jobs as its fallen live cap, or more", async () => {
  const { lane, setCap } = await openLane(2);
  const jobs = createJobs(lane);
  for (const name of ["a", "b", "c"]) jobs.add(name);
  await turns();
  await setCap(1);
  await turns();
  expect(await lane.stats()).toMatchObject({ running: 2, queued: 1, maxConcurrent: 1 });
  await jobs.finish();
  expect(jobs.started).toEqual(["a", "b", "c"]);
});

test("an idle lane has its changed live cap when jobs come", async () => {
  const { lane, setCap } = await openLane(1);
  await setCap(2);
  const jobs = createJobs(lane);
  for (const name of ["a", "b", "c"]) jobs.add(name);
  await turns();
  expect(jobs.started).toEqual(["a", "b"]);
  await jobs.finish();
});

test("a lane that a live cap of 0 holds starts when it rises", async () => {
  const { lane, setCap } = await openLane(0);
  const jobs = createJobs(lane);
  jobs.add("a");
  await turns();
  expect(jobs.started).toEqual([]);
  await setCap(1);
  await turns();
  expect(jobs.started).toEqual(["a"]);
  await jobs.finish();
});

test("a lane that is closed listens to its live cap no more", async () => {
  const settings = new Map([["cap", 1]]);
  const config = await createConfig({ cap: { schema: codec.int } }, { sources: [settings] });
  let listening = 0;
  const live = config.live("cap");
  const counted: Live<number> = Object.assign(() => live(), {
    subscribe: (changed: () => void) => {
      const stop = live.subscribe(changed);
      listening += 1;
      return () => {
        listening -= 1;
        stop();
      };
    },
  });
  const lane = createLane({ name: "llm", maxConcurrent: counted });
  expect(listening).toBe(1);
  await lane.close();
  expect(listening).toBe(0);
});
