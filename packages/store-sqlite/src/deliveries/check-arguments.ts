/** Checks of what the methods about deliveries are given; each names the action, the argument and the value. */
import { requireId, requireObject, requireText, requireWhole } from "../internal/check-values.ts";
import { show } from "../internal/show.ts";
import type { DeliveryFilter, NewDelivery, Settlement } from "../internal/delivery.ts";
import { stateCodes } from "./delivery-state.ts";

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
    requireId(delivery.key, action, "key");
    requireId(delivery.messageKey, action, "messageKey");
    requireId(delivery.channel, action, "channel");
    requireId(delivery.digest, action, "digest");
    requireText(delivery.content, action, "content");
  }
}

export function checkClaim(key: string, digest: string, leaseMs: number, claimant: string): void {
  const action = "Cannot claim delivery";
  requireId(key, action, "key");
  requireId(digest, action, "digest");
  requireWhole(leaseMs, action, "leaseMs", 1);
  requireId(claimant, action, "claimant");
}

export function checkSaved(key: string, claimant: string, receipt: string): void {
  const action = "Cannot save delivery";
  requireId(key, action, "key");
  requireId(claimant, action, "claimant");
  requireText(receipt, action, "receipt");
}

export function checkSettlement(settlement: Settlement): void {
  const action = "Cannot settle delivery";
  requireObject(settlement, action, "settlement");
  const { key, claimant, state, receipt, delayMs = 0 } = settlement;
  requireId(key, action, "key");
  requireId(claimant, action, "claimant");
  requireState(state, action, "state");
  if ((state as string) === "sending") {
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
  const { states, messageKey, due, endedForMs = 0, afterSequence = 0, limit = 1 } = filter;
  if (states !== undefined && !Array.isArray(states)) {
    throw new TypeError(`${action}: 'states' must be an array: received ${show(states)}`);
  }
  for (const state of states ?? []) requireState(state, action, "states");
  if (messageKey !== undefined) requireId(messageKey, action, "messageKey");
  if (due !== undefined && due !== true) {
    throw new TypeError(`${action}: 'due' must be true: received ${show(due)}`);
  }
  requireWhole(endedForMs, action, "endedForMs", 0);
  requireWhole(afterSequence, action, "afterSequence", 0);
  requireWhole(limit, action, "limit", 1);
}

function requireState(value: unknown, action: string, argument: string): void {
  // Own keys only: a state of the name "constructor" is none.
  if (typeof value === "string" && Object.hasOwn(stateCodes, value)) return;
  throw new RangeError(`${action}: '${argument}' must be a state of deliveries: received ${show(value)}`);
}
