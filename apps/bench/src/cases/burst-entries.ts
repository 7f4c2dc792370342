import type { Contestant } from "../contestants/contestant.ts";
import { fastqCallbackName, openFastqCallback } from "../contestants/fastq.ts";
import { rawWorkersName } from "../contestants/raw-workers.ts";
import { burst, callbackBurst, workersBurst } from "../drivers/burst.ts";
import { entryOf } from "../drivers/entry.ts";
import { makeOrders, type OrderOptions } from "../drivers/orders.ts";
import type { Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 200_000;

/** The rows of contestants that get all jobs at once. */
export function burstEntries(options: OrderOptions, contestants: readonly Contestant[]): Entry[] {
  return contestants.map((contestant) =>
    entryOf(contestant, jobs, (count) => burst(contestant, concurrency, makeOrders(count, options))),
  );
}

export const workersEntry: Entry = entryOf({ name: rawWorkersName, kind: "raw" }, jobs, (count) =>
  workersBurst(concurrency, count),
);

export const callbackEntry: Entry = entryOf({ name: fastqCallbackName, kind: "peer" }, jobs, (count) =>
  callbackBurst(openFastqCallback(concurrency), count),
);
