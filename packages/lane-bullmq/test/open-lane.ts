import type { Job, Ticket } from "@executus/lane";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import {
  type BullmqLane,
  type BullmqLaneEvent,
  type BullmqLaneOptions,
  createBullmqLane,
} from "../src/index.ts";
import { handlersOf } from "./handlers.ts";

let nameCount = 0;

/** A name that no other test has, also on a server that is used again. */
export function unique(kind: string): string {
  return `${kind}-${(nameCount += 1)}-${crypto.randomUUID()}`;
}

export interface OpenedLane {
  readonly lane: BullmqLane;
  readonly events: BullmqLaneEvent[];
  /** What its jobs did: `"started job-1"`. */
  readonly notes: string[];
  readonly finish: (jobId: string, value?: unknown) => void;
  /** Submits a job of a kind. */
  readonly add: (name: string, fields?: Partial<Job<unknown>>, input?: unknown) => Promise<Ticket<unknown>>;
  /** Resolves when its code has begun. */
  readonly start: (name: string, fields?: Partial<Job<unknown>>) => Promise<Ticket<unknown>>;
}

/** A lane in this process, closed when the test ends. */
export function openLane(url: string, options: Partial<BullmqLaneOptions> = {}): OpenedLane {
  const events: BullmqLaneEvent[] = [];
  const notes: string[] = [];
  const { reconstruct, finish } = handlersOf((word, jobId) => notes.push(`${word} ${jobId}`));
  const lane = createBullmqLane({
    name: unique("lane"),
    connection: url,
    maxConcurrent: 1,
    reconstruct,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(async () => {
    await lane.close({ graceMs: 0 });
  });
  const add: OpenedLane["add"] = (name, fields = {}, input) =>
    lane.submit({ ...newJob(name, input), ...fields });
  const start: OpenedLane["start"] = async (name, fields) => {
    const ticket = await add(name, fields);
    await until(() => notes.includes(`started ${ticket.jobId}`));
    return ticket;
  };
  return { lane, events, notes, finish, add, start };
}

export function newJob(name: string, input?: unknown): Job<unknown> {
  const metadata = input === undefined ? undefined : new TextEncoder().encode(JSON.stringify(input));
  return { id: unique("job"), name, metadata, run: () => "never" };
}

/** Asks again and again; the test's own time limit ends it else. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A connection beside the lanes, for what an administrator does. */
export function openRedis(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

/** Why a promise was rejected; listened to from now on. */
export function failureOf(promise: Promise<unknown>): Promise<{ code?: string; message?: string }> {
  return promise.then(
    (value) => ({ code: "it was not rejected", message: String(value) }),
    (error: unknown) => error as { code?: string },
  );
}
