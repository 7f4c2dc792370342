import { requireObject } from "../check-options.ts";
import { show } from "../show.ts";
import { requireName, requireText, requireWhole } from "../store-arguments.ts";
import type { DeliveryFilter, DeliveryState, NewDelivery, Settlement } from "./outbox-store.ts";

const states: readonly DeliveryState[] = [
  "queued",
  "sending",
  "delivered",
  "partial",
  "failed",
  "unknown",
  "discarded",
];

export function checkNewDeliveries(deliveries: readonly NewDelivery[]): void {
  if (!Array.isArray(deliveries))
    throw new TypeError("Cannot record deliveries: 'deliveries' must be an array");
  for (const [index, delivery] of deliveries.entries()) {
    requireObject(delivery, `Cannot record deliveries: 'deliveries[${index}]'`);
    const { key, messageKey, channel, digest, content } = delivery;
    for (const [name, value] of Object.entries({ key, messageKey, channel, digest })) {
      requireName(value, `Cannot record deliveries: '${name}'`);
    }
    requireText(content, "Cannot record deliveries: 'content'");
  }
}

export function checkClaim(key: string, digest: string, leaseMs: number, claimant: string): void {
  for (const [name, value] of Object.entries({ key, digest, claimant })) {
    requireName(value, `Cannot claim delivery: '${name}'`);
  }
  requireWhole(leaseMs, "Cannot claim delivery: 'leaseMs'", 1);
}

export function checkSettlement(settlement: Settlement): void {
  requireObject(settlement, "Cannot settle delivery: 'settlement'");
  const { key, claimant, state, receipt, delayMs = 0 } = settlement;
  requireName(key, "Cannot settle delivery: 'key'");
  requireName(claimant, "Cannot settle delivery: 'claimant'");
  requireState(state, "Cannot settle delivery: 'state'");
  if (state === ("sending" as string))
    throw new RangeError("Cannot settle delivery: 'state' must not be sending");
  requireText(receipt, "Cannot settle delivery: 'receipt'");
  requireWhole(delayMs, "Cannot settle delivery: 'delayMs'", 0);
  if (delayMs === Infinity) throw new RangeError("Cannot settle delivery: 'delayMs' must be finite");
}

export function checkFilter(filter: DeliveryFilter): void {
  requireObject(filter, "Cannot list deliveries: 'filter'");
  const { states: wanted = [], messageKey, due, endedForMs = 0, afterSequence = 0, limit = 1 } = filter;
  if (!Array.isArray(wanted)) throw new TypeError("Cannot list deliveries: 'states' must be an array");
  for (const state of wanted) requireState(state, "Cannot list deliveries: 'states'");
  if (messageKey !== undefined) requireName(messageKey, "Cannot list deliveries: 'messageKey'");
  if (due !== undefined && due !== true) throw new TypeError("Cannot list deliveries: 'due' must be true");
  requireWhole(endedForMs, "Cannot list deliveries: 'endedForMs'", 0);
  requireWhole(afterSequence, "Cannot list deliveries: 'afterSequence'", 0);
  requireWhole(limit, "Cannot list deliveries: 'limit'", 1);
}

function requireState(state: unknown, what: string): void {
  if (states.includes(state as DeliveryState)) return;
  throw new TypeError(`${what} must be a state: received ${show(state)}`);
}
