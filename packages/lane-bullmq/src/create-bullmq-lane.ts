import { randomBytes } from "node:crypto";
import { type BullmqLane, RedisLane } from "./bullmq-lane.ts";
import { firstCap } from "./cap.ts";
import { LocalJobs } from "./jobs/local-jobs.ts";
import { eventTeller } from "./lane-events.ts";
import { type BullmqLaneOptions, readOptions } from "./options.ts";
import { Answers } from "./redis/answers.ts";
import { openLink } from "./redis/link.ts";
import { Troubles } from "./troubles.ts";

/**
 * Makes a lane on Redis. Nothing is awaited: what is asked of it waits until it is connected, and no longer than
 * `answerTimeoutMs`.
 *
 * @throws {TypeError | RangeError} for a bad option, before anything is opened.
 * @throws {LaneError} `LANE_UNSUPPORTED` for an option that only other lanes can honour.
 *
 * @example
 * ```ts
 * const lane = createBullmqLane({
 *   name: "llm",
 *   connection: "redis://127.0.0.1:6379",
 *   maxConcurrent: 4,
 *   reconstruct: ({ name, metadata }) => (context) => handlers[name](metadata, context),
 * });
 * await lane.submitWait({ id: "run-7", name: "summarise", metadata, callerId: "ada", run: () => undefined });
 * ```
 */
export function createBullmqLane(options: BullmqLaneOptions): BullmqLane {
  const settings = readOptions(options);
  const { name, connection, prefix, lockMs, onEvent, clock, logger } = settings;
  // Read before anything is opened: it may be a function that gives no cap.
  const first = firstCap(name, settings.maxConcurrent);
  const tell = eventTeller({ lane: name, onEvent, clock, logger });
  const troubles = new Troubles(tell);
  const link = openLink({ name, connection, prefix, silenceMs: lockMs, onError: troubles.report });
  link.client.on("ready", troubles.reconnected);
  // It is stored with each job, and so is short.
  const process = randomBytes(9).toString("base64url");
  const { report: onError, end: onClosed } = troubles;
  const local = new LocalJobs();
  const answers = new Answers(name, settings.answerTimeoutMs);
  return new RedisLane({ name, process, settings, link, answers, local, tell, onError, onClosed }, first);
}
