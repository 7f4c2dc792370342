import type { Database } from "../database/database.ts";
import type {
  DeliveryClaim,
  DeliveryFilter,
  DeliveryRow,
  NewDelivery,
  Recorded,
  Settlement,
} from "../internal/delivery.ts";
import {
  checkClaim,
  checkFilter,
  checkKey,
  checkNewDeliveries,
  checkSaved,
  checkSettlement,
} from "./check-delivery.ts";
import { claimBatch } from "./claim-deliveries.ts";
import { deleteDelivery } from "./delete-delivery.ts";
import { getBatch } from "./get-delivery.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { recordBatch } from "./record-deliveries.ts";
import { requeueDelivery } from "./requeue-delivery.ts";
import { saveBatch, settleBatch } from "./settle-deliveries.ts";

/** What an outbox has to deliver: with the blobs an `OutboxStore` of `@executus/deliver/outbox`, where the contract is written. */
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

/** Checks what it is given, then hands it on before the first `await`, so that calls keep their order. */
export function deliveryStore(database: Database): DeliveryStore {
  const records = recordBatch(database);
  const claims = claimBatch(database);
  const saves = saveBatch(database);
  const settlements = settleBatch(database);
  const gets = getBatch(database);
  return {
    async recordDeliveries(deliveries) {
      checkNewDeliveries(deliveries);
      const given = deliveries.map((delivery) => ({ ...delivery }));
      return database.call("Cannot record deliveries", () => records.add(given));
    },
    async claimDelivery(key, digest, leaseMs, claimant) {
      checkClaim(key, digest, leaseMs, claimant);
      return database.call("Cannot claim delivery", () => claims.add({ key, digest, leaseMs, claimant }));
    },
    async saveDelivery(key, claimant, receipt) {
      checkSaved(key, claimant, receipt);
      return database.call("Cannot save delivery", () => saves.add({ key, claimant, receipt }));
    },
    async settleDelivery(settlement) {
      checkSettlement(settlement);
      return database.call("Cannot settle delivery", () => settlements.add({ ...settlement }));
    },
    async requeueDelivery(key) {
      checkKey(key, "Cannot queue delivery");
      return database.call("Cannot queue delivery", () => requeueDelivery(database, key));
    },
    async getDelivery(key) {
      checkKey(key, "Cannot get delivery");
      return database.call("Cannot get delivery", () => gets.add(key));
    },
    async listDeliveries(filter = {}) {
      checkFilter(filter);
      const given = { ...filter, states: filter.states && [...filter.states] };
      return database.call("Cannot list deliveries", () => listDeliveries(database, given));
    },
    async deleteDelivery(key) {
      checkKey(key, "Cannot delete delivery");
      return database.call("Cannot delete delivery", () => deleteDelivery(database, key));
    },
  };
}
