/** Checks of what the methods about deliveries are given; each names the action, the argument and the value. */
import { maxIdBytes, requireId } from "../check-values.ts";
import { requireObject, requireText, requireWhole } from "../internal/check-values.ts";
import { show } from "../internal/show.ts";
import type { DeliveryFilter, DeliveryState, NewDelivery, Settlement } from "../internal/delivery.ts";

const states: readonly unknown[] = [
  "queued",
  "sending",
  "delivered",
  "partial",
  "failed",
  "unknown",
  "discarded",
] satisfies DeliveryState[];

/** What no index has to take. */
const anyLength = Number.POSITIVE_INFINITY;

export function checkKey(key: string, action: string): void {
  requireId(key, action, "key", maxIdBytes);
}

export function checkNewDeliveries(deliveries: readonly NewDelivery[]): void {
  const action = "Cannot record deliveries";
  if (!Array.isArray(deliveries)) {
    throw new TypeError(`${action}: 'deliveries' must be an array: received ${show(deliveries)}`);
  }
  // Also what is not there, in an array with holes.
  for (const delivery of deliveries as readonly (NewDelivery | undefined)[]) {
    if (typeof delivery !== "object" || delivery === null) {
      throw new TypeError(`${action}: 'deliveries' must be of objects: received ${show(delivery)}`);
    }
    requireId(delivery.key, action, "key", maxIdBytes);
    requireId(delivery.messageKey, action, "messageKey", maxIdBytes);
    requireId(delivery.channel, action, "channel", anyLength);
    requireId(delivery.digest, action, "digest", anyLength);
    requireText(delivery.content, action, "content");
  }
}

export function checkClaim(key: string, digest: string, leaseMs: number, claimant: string): void {
  const action = "Cannot claim delivery";
  checkKey(key, action);
  requireId(digest, action, "digest", anyLength);
  requireWhole(leaseMs, action, "leaseMs", 1);
  requireId(claimant, action, "claimant", anyLength);
}

export function checkSaved(key: string, claimant: string, receipt: string): void {
  const action = "Cannot save delivery";
  checkKey(key, action);
  requireId(claimant, action, "claimant", anyLength);
  requireText(receipt, action, "receipt");
}

export function checkSettlement(settlement: Settlement): void {
  const action = "Cannot settle delivery";
  requireObject(settlement, action, "settlement");
  const { key, claimant, state, receipt, delayMs = 0 } = settlement;
  checkKey(key, action);
  requireId(claimant, action, "claimant", anyLength);
  requireState(state, action, "state");
  if ((state as DeliveryState) === "sending") {
    throw new RangeError(`${action}: 'state' must be an end or "queued": received "sending"`);
  }
  requireText(receipt, action, "receipt");
  requireWhole(delayMs, action, "delayMs", 0);
  if (delayMs === Number.POSITIVE_INFINITY) {
    throw new RangeError(`${action}: 'delayMs' must be finite: received Infinity`);
  }
}

export function checkFilter(filter: DeliveryFilter): void {
  const action = "Cannot list deliveries";
  requireObject(filter, action, "filter");
  const { states: wanted, messageKey, due, endedForMs = 0, afterSequence = 0, limit = 1 } = filter;
  if (wanted !== undefined && !Array.isArray(wanted)) {
    throw new TypeError(`${action}: 'states' must be an array: received ${show(wanted)}`);
  }
  for (const state of wanted ?? []) requireState(state, action, "states");
  if (messageKey !== undefined) requireId(messageKey, action, "messageKey", maxIdBytes);
  if (due !== undefined && due !== true) {
    throw new TypeError(`${action}: 'due' must be true: received ${show(due)}`);
  }
  requireWhole(endedForMs, action, "endedForMs", 0);
  requireWhole(afterSequence, action, "afterSequence", 0);
  requireWhole(limit, action, "limit", 1);
}

function requireState(value: unknown, action: string, argument: string): void {
  if (states.includes(value)) return;
  throw new RangeError(`${action}: '${argument}' must be a state of deliveries: received ${show(value)}`);
}
