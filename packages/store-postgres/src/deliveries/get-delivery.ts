import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import type { DeliveryRow } from "../internal/delivery.ts";
import { deliveryColumns, type DeliveryRecord, readDelivery } from "./read-delivery.ts";

/** What an answer may weigh: so many are asked for in one statement. */
const answerBytes = 2 ** 14;

/** Gathers the keys that are asked for at the same time. */
export function getBatch(database: Database): Batch<string, DeliveryRow | undefined> {
  const text = `select ${deliveryColumns} from ${database.schema}.deliveries where key = any ($1::text[])`;
  return new Batch({
    sizeOf: () => answerBytes,
    run: async (keys) => {
      const records = await database.run<DeliveryRecord>("Cannot get deliveries", text, [[...new Set(keys)]]);
      const rows = new Map(records.map((record) => [record.key, readDelivery(record)]));
      return keys.map((key) => rows.get(key));
    },
  });
}
