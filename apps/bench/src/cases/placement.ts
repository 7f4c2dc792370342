import { createLane } from "@executus/lane";
import { holdSlots } from "../drivers/gate.ts";
import { makeOrders } from "../drivers/orders.ts";
import { trivialWork } from "../contestants/contestant.ts";
import { startWatch } from "../measure/nanoseconds.ts";
import type { Case, Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 100_000;

/** A lane that can say where a job stands. */
interface PlacingLane {
  placement(jobId: string): Promise<unknown>;
}

function canPlace(lane: object): lane is PlacingLane {
  return "placement" in lane && typeof lane.placement === "function";
}

const rawName = "raw: search in an array of ids";

const rawSearch: Entry = {
  name: rawName,
  kind: "raw",
  count: jobs,
  measure: async (count) => {
    const ids = Array.from({ length: count }, (_, index) => `job-${index}`);
    const since = startWatch();
    const position = ids.indexOf(middleId(count));
    if (position < 0) throw new Error("Cannot measure a search: the id is not there");
    return [since(1) / 1e6];
  },
};

const lanePlacement: Entry = {
  name: "lane.placement(jobId)",
  kind: "ours",
  count: jobs,
  measure: async (count) => {
    const lane = createLane({ name: "bench", maxConcurrent: concurrency });
    if (!canPlace(lane)) throw new Error("Cannot measure: this lane has no placement()");
    const gate = holdSlots({ add: (work, order) => lane.run(work, order) }, concurrency);
    const orders = makeOrders(count, { callers: 1_000, priorities: 10 });
    const tickets = await Promise.all(
      orders.map((order, index) => lane.submit({ ...order, id: `job-${index}`, run: trivialWork })),
    );
    const since = startWatch();
    const placement = await lane.placement(middleId(count));
    const figure = since(1) / 1e6;
    if (placement === undefined) throw new Error("Cannot measure: a queued job has no placement");
    await gate.open();
    await Promise.all(tickets.map(({ result }) => result));
    return [figure];
  },
};

function middleId(count: number): string {
  return `job-${Math.floor(count / 2)}`;
}

/** The first read of a placement, which nothing was prepared for. Empty for a lane without `placement`. */
export const placementCases: readonly Case[] = canPlace(createLane({ name: "bench", maxConcurrent: 1 }))
  ? [
      {
        name: "placement",
        title:
          "the placement of one job among 100,000 queued, none read before; 1,000 callers, priorities 0-9",
        columns: ["ms/read"],
        raw: rawName,
        process: "case",
        entries: [rawSearch, lanePlacement],
        targets: [{ level: "must", ours: lanePlacement.name, atMost: 1 }],
      },
    ]
  : [];
