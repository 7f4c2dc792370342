import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import { Sequences } from "../database/sequences.ts";
import { createClaimDelivery } from "./claim-delivery.ts";
import { createDeleteDelivery } from "./delete-delivery.ts";
import type {
  DeliveryClaim,
  DeliveryFilter,
  DeliveryRow,
  NewDelivery,
  Recorded,
  Settlement,
} from "../internal/delivery.ts";
import { createGetDelivery } from "./get-delivery.ts";
import { createListDeliveries } from "./list-deliveries.ts";
import { createRecordDeliveries } from "./record-deliveries.ts";
import { createRequeueDelivery } from "./requeue-delivery.ts";
import { createSaveDelivery, createSettleDelivery } from "./settle-delivery.ts";

/** Keeps what an outbox has to deliver: with the blobs an `OutboxStore` of `@executus/deliver/outbox`, where the contract is written. */
export interface DeliveryStore {
  recordDeliveries(deliveries: readonly NewDelivery[]): Promise<Recorded>;
  claimDelivery(key: string, digest: string, leaseMs: number, claimant: string): Promise<DeliveryClaim>;
  saveDelivery(key: string, claimant: string, receipt: string): Promise<boolean>;
  settleDelivery(settlement: Settlement): Promise<boolean>;
  requeueDelivery(key: string): Promise<boolean>;
  getDelivery(key: string): Promise<DeliveryRow | undefined>;
  listDeliveries(filter?: DeliveryFilter): Promise<DeliveryRow[]>;
  deleteDelivery(key: string): Promise<boolean>;
}

export function createDeliveryStore(database: DatabaseSync, queue: OperationQueue): DeliveryStore {
  const sequences = new Sequences(database, "deliveries", "delivery_sequence");
  const record = createRecordDeliveries(database, sequences);
  const claim = createClaimDelivery(database);
  const save = createSaveDelivery(database);
  const settle = createSettleDelivery(database);
  const requeue = createRequeueDelivery(database);
  const get = createGetDelivery(database);
  const list = createListDeliveries(database);
  const remove = createDeleteDelivery(database, sequences);

  return {
    recordDeliveries: (deliveries) => queue.write(() => record(deliveries)),
    claimDelivery: (key, digest, leaseMs, claimant) =>
      queue.write(() => claim(key, digest, leaseMs, claimant)),
    saveDelivery: (key, claimant, receipt) => queue.write(() => save(key, claimant, receipt)),
    settleDelivery: (settlement) => queue.write(() => settle(settlement)),
    requeueDelivery: (key) => queue.write(() => requeue(key)),
    getDelivery: (key) => queue.read(() => get(key)),
    listDeliveries: (filter = {}) => queue.readInSteps(() => list(filter)),
    deleteDelivery: (key) => queue.write(() => remove(key)),
  };
}
