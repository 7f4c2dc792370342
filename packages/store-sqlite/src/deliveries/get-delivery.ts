import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";
import type { DeliveryRow } from "../internal/delivery.ts";
import { columns, readDelivery } from "./read-delivery.ts";

export function createGetDelivery(database: DatabaseSync): (key: string) => Work<DeliveryRow | undefined> {
  const find = database.prepare(`SELECT ${columns} FROM deliveries WHERE key = ?`);
  return (key) => {
    requireId(key, "Cannot get delivery", "key");
    return () => {
      const stored = find.get(key);
      return stored && readDelivery(stored);
    };
  };
}
