import { join } from "node:path";
import { createHarness, defineAgent, type SubmitOptions } from "@executus/harness";
import { openSqliteStore } from "@executus/store-sqlite";
import { laneOnSqlite } from "../contestants/stored-lane.ts";
import { lifeCycles } from "../drivers/life-cycles.ts";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import { concurrency } from "./concurrency.ts";

const count = 10_000;
const callers = 64;
const lane = laneOnSqlite("process");
const destinations = [{ channel: "chat", to: "ada" }];
const plain = ours("harness on SQLite", { caller: "ada" });

/** What a stored run costs beside a stored job: its row, its result, its end and its events come on top. */
export const harnessSqliteCase: Case = {
  name: "harness-sqlite",
  title:
    "a run of a trivial agent to its result on SQLite, 64 at a time over 16 slots, beside as many stored jobs",
  columns: ["runs/s"],
  raw: lane.name,
  process: "case",
  entries: [
    {
      name: lane.name,
      kind: "ours",
      count,
      measure: async (jobs) => {
        const [perSecond] = await lifeCycles(lane, { concurrency, callers }, jobs);
        return [perSecond];
      },
    },
    plain,
    ours("harness on SQLite, reply to discard", { caller: "ada", destinations }),
  ],
  targets: [{ level: "must", ours: plain.name, against: lane.name, atLeast: 0.25 }],
};

function ours(name: string, options: SubmitOptions): Entry {
  return {
    name,
    kind: "ours",
    count,
    measure: async (runs) => {
      const folder = await makeTemporaryFolder();
      const store = await openSqliteStore({ file: join(folder, "runs.db") });
      const agent = defineAgent({ name: "trivial", run: () => "done" });
      const lanes = { default: { maxConcurrent: concurrency } };
      const harness = createHarness({ agents: [agent], lanes, store });
      try {
        let left = runs;
        const work = async (): Promise<void> => {
          for (; left > 0;) {
            left -= 1;
            await (
              await harness.submit(agent, 1, options)
            ).result;
          }
        };
        const since = startWatch();
        await Promise.all(Array.from({ length: callers }, work));
        return [1e9 / since(runs)];
      } finally {
        await harness.close();
        await store.close();
        await removeTemporaryFolder(folder);
      }
    },
  };
}
