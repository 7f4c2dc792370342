import { createHarness, defineAgent, type SubmitOptions } from "@executus/harness";
import { createLane } from "@executus/lane";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const runs = 20_000;
/** How many wait for a run at a time. */
const waiting = 64;
const lane = { maxConcurrent: 16 };
const destinations = [{ channel: "chat", to: "ada" }];

const rawEntry: Entry = {
  name: "raw: the lane alone",
  kind: "raw",
  count: runs,
  measure: async (count) => {
    await using queue = createLane({ name: "default", ...lane });
    return await atATime(count, () => queue.run(() => "done", { callerId: "ada" }));
  },
};

const delivered = ours("harness.submit, reply to discard", { caller: "ada", destinations });

/** What a run costs besides its agent: submit, guard, lane, and the reply's way out. */
export const harnessCase: Case = {
  name: "harness",
  title: "a run of a trivial agent to its result, in memory, 64 at a time over 16 slots",
  columns: ["ns/run"],
  raw: rawEntry.name,
  process: "case",
  entries: [rawEntry, ours("harness.submit", { caller: "ada" }), delivered],
  targets: [{ level: "must", ours: delivered.name, atMost: 20_000 }],
};

function ours(name: string, options: SubmitOptions): Entry {
  return {
    name,
    kind: "ours",
    count: runs,
    measure: async (count) => {
      const agent = defineAgent({ name: "trivial", run: () => "done" });
      await using harness = createHarness({ agents: [agent], lanes: { default: lane } });
      return await atATime(count, async () => (await harness.submit(agent, 1, options)).result);
    },
  };
}

async function atATime(count: number, once: () => Promise<unknown>): Promise<readonly number[]> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  const since = startWatch();
  await Promise.all(Array.from({ length: waiting }, work));
  return [since(count)];
}
