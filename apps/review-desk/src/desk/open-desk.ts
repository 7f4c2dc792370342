import type { Harness } from "@executus/harness";
import type { Logger } from "pino";
import { type Checks, createChecks } from "../checks/checks.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import { createChannels } from "./channels.ts";
import { type DeskLanes, ownLanes } from "./desk-lanes.ts";
import { openModels } from "./desk-models.ts";
import { createEventFeed, type EventFeed, toldStore } from "./event-feed.ts";
import { requireRoot } from "./find-repository.ts";
import { createMembers, type Members } from "./members.ts";
import { makeHarness } from "./make-harness.ts";
import { OpenRuns } from "./open-runs.ts";
import { type DeskStore, openStore } from "./open-store.ts";
import type { Overrides } from "./overrides.ts";
import { keepingReplies } from "./reply-files.ts";
import type { Settings } from "./settings.ts";
import { sharedLanes } from "./shared-lanes.ts";

/** The parts of the service, put together. */
export interface Desk {
  readonly settings: Settings;
  readonly lanes: DeskLanes;
  readonly members: Members;
  readonly harness: Harness;
  readonly store: DeskStore;
  readonly runs: OpenRuns;
  readonly feed: EventFeed;
  readonly models: readonly ReviewModel[];
  /** The names of the ways out. */
  readonly channels: ReadonlySet<string>;
  readonly log: Logger;
  /** True once it takes nothing more. */
  readonly isClosing: boolean;
  /** Takes up what was left, and begins. */
  start(): Promise<void>;
  /** Takes nothing more, and gives what runs so long to end. */
  drain(graceMs: number): Promise<void>;
  /**
   * Ends it. What still runs is left as a crash would leave it: it is in the store, and the next process finishes it from the cells
   * that are done.
   */
  close(): Promise<void>;
}

export interface DeskParts {
  readonly settings: Settings;
  readonly overrides: Overrides;
  readonly log: Logger;
}

/** @throws {UsageError} naming the setting. */
export async function openDesk({ settings, overrides, log }: DeskParts): Promise<Desk> {
  await requireRoot(settings.get("repos"));
  const models = await openModels(settings.get("models"));
  const channels = settings.get("channels").reveal();
  const deliver = createChannels(channels, log);
  const members = createMembers(settings, log);
  const feed = createEventFeed();
  const names = { store: settings.get("store").reveal(), schema: settings.get("storeSchema") };
  const opened = await openStore(names);
  const store = toldStore(keepingReplies(opened), feed);
  const runs = new OpenRuns(store);
  const checks = createChecks();
  const url = settings.get("lanesUrl")?.reveal();
  const onFenced = (jobId: string): void => runs.lose(jobId);
  const lanes =
    url === undefined ? ownLanes(settings, overrides) : await sharedLanes(url, settings, { log, onFenced });
  const { identity } = members;
  const harness = makeHarness({ settings, lanes, store, deliver, identity, models, checks, runs, log });
  await lanes.ready();
  const ways = new Set(Object.keys(channels));
  const facts = { settings, lanes, members, harness, store, runs, feed, models, channels: ways, log };
  return withLife(facts, checks);
}

type Facts = Omit<Desk, "isClosing" | "start" | "drain" | "close">;

function withLife(facts: Facts, checks: Checks): Desk {
  const { settings, lanes, harness, store, runs, log } = facts;
  let isClosing = false;
  return {
    ...facts,
    get isClosing() {
      return isClosing;
    },
    async start() {
      await runs.load();
      const { resubmitted, finished, failed } = await harness.start();
      const taken = { resubmitted: resubmitted.length, finished: finished.length, failed: failed.length };
      log.info(taken, "the desk is open");
    },
    async drain(graceMs) {
      isClosing = true;
      lanes.retire();
      await within(runs.idle(), graceMs);
    },
    async close() {
      isClosing = true;
      const { running } = runs;
      log.info(
        { running },
        running === 0 ? "the desk closes" : "the desk leaves what runs to the next process",
      );
      if (running === 0) await harness.close();
      // From here on nothing is written: what still runs stands in the store as it stood.
      await store.close();
      await checks[Symbol.asyncDispose]();
      settings.close();
    },
  };
}

/** Waits for it, but no longer than that. */
async function within(done: Promise<void>, ms: number): Promise<void> {
  const timeUp = Promise.withResolvers<void>();
  const timer = setTimeout(timeUp.resolve, ms);
  try {
    await Promise.race([done, timeUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
