import type { BullmqLane, BullmqLaneEvent } from "@executus/lane-bullmq";
import type { Logger } from "pino";
import { UsageError } from "../usage-error.ts";
import type { DeskLanes } from "./desk-lanes.ts";
import { serverAddress } from "./server-address.ts";
import { laneCaps, laneCapsHere, type LaneName, type Settings } from "./settings.ts";

/** The shortest time that a lane in Redis can wait for a sign of life, in milliseconds. */
const shortestLockMs = 300;

export interface SharedLanesOptions {
  readonly log: Logger;
  /** Told of a job that ran here and is another process's now. */
  readonly onFenced: (jobId: string) => void;
}

/**
 * Lanes that all desks with one prefix on one Redis have in common: desks on one store. Their caps are in Redis: of an admin's and of
 * those that settings change to the last one holds, for all of them.
 *
 * @throws {UsageError} naming the setting, without a password.
 */
export async function sharedLanes(
  named: string,
  settings: Settings,
  { log, onFenced }: SharedLanesOptions,
): Promise<DeskLanes> {
  const { url, shown } = serverAddress("lanesUrl", named, ["redis", "rediss"]);
  const { createBullmqLane } = await import("@executus/lane-bullmq");
  const made = new Map<LaneName, BullmqLane>();
  const laneOf = (name: LaneName): BullmqLane => made.get(name) as BullmqLane;
  const capOf = settings.live(laneCaps.review);
  return {
    choices: {
      review: (reconstruct) => {
        const lane = createBullmqLane({
          name: "review",
          prefix: settings.get("lanesPrefix"),
          connection: url,
          maxConcurrent: capOf(),
          maxConcurrentHere: settings.get(laneCapsHere.review),
          lockMs: Math.max(settings.get("lease"), shortestLockMs),
          reconstruct,
          logger: log,
          onEvent: (event) => {
            tell(log, event);
            if (event.type === "job-fenced") onFenced(event.jobId);
          },
        });
        made.set("review", lane);
        return lane;
      },
    },
    areShared: true,
    async ready() {
      try {
        await laneOf("review").stats();
      } catch (error) {
        const { message } = error as Error;
        throw new UsageError(`Cannot use the lanes of "${shown}" ("lanesUrl"): ${message}`, { cause: error });
      }
      // Not by a function: that would set it for all whenever one process starts.
      capOf.subscribe(() => {
        laneOf("review")
          .setMaxConcurrent(capOf())
          .catch((error: unknown) => log.warn({ error }, "a cap is not changed"));
      });
    },
    setCap: (name, maxConcurrent) => laneOf(name).setMaxConcurrent(maxConcurrent),
    retire() {
      // It ends with what runs, or with the process: then the others find out, and go on.
      for (const lane of made.values()) void lane.close({ graceMs: Number.POSITIVE_INFINITY });
    },
  };
}

function tell(log: Logger, event: BullmqLaneEvent): void {
  if (event.type === "cap-changed")
    log.info({ lane: event.lane, maxConcurrent: event.maxConcurrent }, "cap changes");
  if (event.type === "job-interrupted" || event.type === "job-fenced")
    log.warn({ lane: event.lane, jobId: event.jobId }, event.type);
}
