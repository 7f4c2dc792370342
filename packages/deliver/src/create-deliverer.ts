import type { FullCaps } from "./caps.ts";
import { readCaps } from "./caps.ts";
import { requireFunction, requireMethods, requireObject } from "./check-options.ts";
import type { Deliverer, DeliverOptions, Destination } from "./deliverer.ts";
import { requireDelivery, requireDestination } from "./deliverer.ts";
import { DeliverError } from "./errors.ts";
import type { Logger } from "./internal/logger.ts";
import { reportProblem } from "./internal/logger.ts";
import type { OutMessage } from "./message.ts";
import { plan } from "./plan/plan.ts";
import type { Receipt, ReceiptNote } from "./receipt.ts";
import { statusOf } from "./receipt.ts";
import { startDeadline } from "./send/deadline.ts";
import type { DedupeStore } from "./send/dedupe-store.ts";
import { memoryDedupeStore } from "./send/memory-dedupe-store.ts";
import type { RetryOptions } from "./send/retry.ts";
import { createRetry } from "./send/retry.ts";
import { latePart, sendParts } from "./send/send-parts.ts";
import { createTurns } from "./send/turns.ts";
import { show } from "./show.ts";
import { untilAborted } from "./until-aborted.ts";
import { indexTransports } from "./transport-index.ts";
import type { Transport } from "./transport.ts";

export interface DelivererOptions {
  /** What was sent before: one key is sent once. @default `memoryDedupeStore()` */
  readonly store?: DedupeStore | undefined;
  readonly retry?: RetryOptions | undefined;
  /** How long a claim in the store outlives the deadline of the call that made it, in milliseconds. @default 30_000 */
  readonly leaseMs?: number | undefined;
  /** From 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Milliseconds that only grow, for deadlines. @default performance.now */
  readonly clock?: (() => number) | undefined;
  /** Told the error behind each try that failed; the receipt itself holds one line only. @default none */
  readonly logger?: Logger | undefined;
}

/**
 * Makes a deliverer that hands each message to the transport named by `destination.channel`: in as many parts as that needs,
 * in order, tried again where that is safe, and each key once.
 *
 * `deliver` rejects with `DELIVER_UNKNOWN_CHANNEL` for a channel without a transport, with `DELIVER_EMPTY`, `DELIVER_TOO_LONG`
 * and `DELIVER_CONFLICT`, with the refusals of the transport, and with `signal.reason`. Any other failure is in the receipt.
 */
export function createDeliverer(
  transports: Transport | readonly Transport[],
  options: DelivererOptions = {},
): Deliverer {
  requireObject(options, "Cannot create deliverer: 'options'");
  const { store = memoryDedupeStore(), random = Math.random, clock = () => performance.now() } = options;
  const { leaseMs = 30_000, logger } = options;
  requireMethods(store, "Cannot create deliverer: 'store'", ["claimPart", "settlePart", "releasePart"]);
  requireFunction(random, "Cannot create deliverer: 'random'");
  requireFunction(clock, "Cannot create deliverer: 'clock'");
  if (logger !== undefined) requireMethods(logger, "Cannot create deliverer: 'logger'", ["warn"]);
  if (!(typeof leaseMs === "number" && leaseMs > 0)) {
    throw new RangeError(`Cannot create deliverer: 'leaseMs' must be above 0: received ${show(leaseMs)}`);
  }
  const retry = createRetry(options.retry, random, "Cannot create deliverer");
  const byName = indexTransports([transports].flat());
  const turns = createTurns();

  async function deliver(
    destination: Destination,
    message: OutMessage,
    given: DeliverOptions,
  ): Promise<Receipt> {
    const { signal, deadlineMs = 60_000, resend = false, previous, onPart } = given;
    const { channel } = destination;
    const transport = find(byName, channel);
    // A failed receipt is no silence, so without a logger there is no process warning either.
    const onFailure = (error: unknown): void => {
      if (logger) reportProblem(logger, `Cannot deliver to channel ${show(channel)}`, error);
    };
    const deadline = startDeadline(deadlineMs, clock, signal);
    let endTurn = (): void => {};
    try {
      const caps = await untilAborted(capsOf(transport, channel, destination), deadline.signal);
      const planned = plan(message, caps, (text) => transport.render?.(text, message) ?? text);
      const dedupes = caps.dedupe === "key";
      const lease = Math.ceil(Math.min(deadlineMs, Number.MAX_SAFE_INTEGER / 2) + leaseMs);
      const claiming = { store, leaseMs: lease, dedupes, resend, retry, deadline };
      const sending = { ...claiming, transport, channel, destination, previous, onPart, onFailure };
      endTurn = await turns.take(
        JSON.stringify([channel, destination.to, destination.thread]),
        deadline.signal,
      );
      const parts = await sendParts(planned.parts, sending);
      const status = statusOf(parts);
      if (signal?.aborted && status !== "delivered") throw signal.reason;
      return { status, parts, notes: [...planned.notes, ...held(transport, message)] };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error !== deadline.signal.reason) throw error;
      return { status: "failed", parts: [latePart(0)], notes: [] };
    } finally {
      endTurn();
      deadline.end();
    }
  }

  return {
    async deliver(destination, message, given = {}) {
      requireDelivery(destination, message, given);
      return await deliver(destination, message, given);
    },
    async dedupes(destination) {
      requireDestination(destination);
      const { channel } = destination;
      return (await capsOf(find(byName, channel), channel, destination)).dedupe === "key";
    },
  };
}

async function capsOf(transport: Transport, channel: string, destination: Destination): Promise<FullCaps> {
  const { caps = {} } = transport;
  return readCaps(typeof caps === "function" ? await caps(destination) : caps, channel);
}

function held(transport: Transport, message: OutMessage): readonly ReceiptNote[] {
  const count = transport.heldMentions?.(message) ?? 0;
  const detail = count === 1 ? "1 mention notifies nobody" : `${count} mentions notify nobody`;
  return count > 0 ? [{ code: "mention-removed", detail }] : [];
}

function find(byName: ReadonlyMap<string, Transport>, channel: string): Transport {
  const found = byName.get(channel);
  if (found) return found;
  const known = [...byName.keys()];
  const list = known.length === 0 ? "there is none" : `there is ${known.map(show).join(", ")}`;
  throw new DeliverError(
    "DELIVER_UNKNOWN_CHANNEL",
    `Cannot deliver to channel ${show(channel)}: no transport has that name, ${list}`,
  );
}
