import assert from "node:assert/strict";
import type {
  DeliveryFilter,
  DeliveryRow,
  EndState,
  NewDelivery,
  OutboxStore,
} from "../outbox/outbox-store.ts";
import type { SuiteContext } from "./suite.ts";
import { longMs } from "./suite.ts";

/** What tests of an outbox's store share. */
export interface OutboxContext extends SuiteContext<OutboxStore> {
  /** A new delivery of a message of its own, unless the fields say otherwise. */
  readonly newDelivery: (fields?: Partial<NewDelivery>) => NewDelivery;
  /** Records a new delivery. */
  readonly add: (fields?: Partial<NewDelivery>) => Promise<NewDelivery>;
  /** Claims a delivery that can be claimed, and gives the claimant. */
  readonly claim: (delivery: NewDelivery, leaseMs?: number) => Promise<string>;
  /** Claims a delivery and ends it. */
  readonly end: (delivery: NewDelivery, state: EndState) => Promise<void>;
  /** A row that must be there, without the fields that are undefined. */
  readonly row: (key: string) => Promise<DeliveryRow>;
  /** The keys that are listed, of the given deliveries only: other tests may share the database. */
  readonly listed: (among: readonly NewDelivery[], filter?: DeliveryFilter) => Promise<string[]>;
}

export type OutboxTest = (title: string, run: (context: OutboxContext) => Promise<void>) => void;

export function outboxContext(context: SuiteContext<OutboxStore>): OutboxContext {
  const { store, unique } = context;
  const newDelivery: OutboxContext["newDelivery"] = (fields = {}) => {
    const messageKey = unique("message");
    return {
      key: `${messageKey}/0`,
      messageKey,
      channel: "chat",
      digest: unique("digest"),
      content: "{}",
      ...fields,
    };
  };
  const add: OutboxContext["add"] = async (fields) => {
    const delivery = newDelivery(fields);
    assert.deepEqual(await store.recordDeliveries([delivery]), { recorded: true });
    return delivery;
  };
  const claim: OutboxContext["claim"] = async ({ key, digest }, leaseMs = longMs) => {
    const claimant = unique("claimant");
    const answer = await store.claimDelivery(key, digest, leaseMs, claimant);
    assert.equal(answer.claim, "new", `the delivery "${key}" cannot be claimed`);
    return claimant;
  };
  const end: OutboxContext["end"] = async (delivery, state) => {
    const claimant = await claim(delivery);
    const settlement = { key: delivery.key, claimant, state, receipt: "r" };
    assert.equal(
      await store.settleDelivery(settlement),
      true,
      `the delivery "${delivery.key}" cannot be settled`,
    );
  };
  const row: OutboxContext["row"] = async (key) => {
    const found = await store.getDelivery(key);
    assert.ok(found, `the delivery "${key}" is not in the store`);
    return plainRow(found);
  };
  const listed: OutboxContext["listed"] = async (among, filter) => {
    const keys = new Set(among.map(({ key }) => key));
    const rows = await store.listDeliveries({ limit: Infinity, ...filter });
    return rows.map(({ key }) => key).filter((key) => keys.has(key));
  };
  return { ...context, newDelivery, add, claim, end, row, listed };
}

/** A row without the fields that are undefined: one store may leave them out and another may not. */
export function plainRow(row: DeliveryRow): DeliveryRow {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(fields) as unknown as DeliveryRow;
}

export const ends: readonly EndState[] = ["delivered", "partial", "failed", "unknown", "discarded"];
