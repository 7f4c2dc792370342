import type { DatabaseSync } from "node:sqlite";
import type { Sequences } from "../database/sequences.ts";
import type { Transaction, Work } from "../database/work.ts";
import { checkNewDeliveries } from "./check-arguments.ts";
import type { NewDelivery, Recorded } from "../internal/delivery.ts";

/** From so many characters on content lies apart. Below it a second row costs more than writing them three times. */
const largeLength = 1_000;

export function createRecordDeliveries(
  database: DatabaseSync,
  sequences: Sequences,
): (deliveries: readonly NewDelivery[]) => Work<Recorded> {
  const find = database.prepare("SELECT digest FROM deliveries WHERE key = ?");
  const insert = database.prepare(
    `INSERT INTO deliveries (sequence, key, message_key, channel, digest, state, attempts, is_lapsed, recorded_at, content)
     VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?, ?)`,
  );
  const insertLarge = database.prepare("INSERT INTO large_contents (sequence, content) VALUES (?, ?)");

  function write(transaction: Transaction, delivery: NewDelivery): void {
    const { key, messageKey, channel, digest, content } = delivery;
    const sequence = sequences.next(transaction);
    const isLarge = content.length >= largeLength;
    insert.run(sequence, key, messageKey, channel, digest, transaction.at, isLarge ? null : content);
    if (isLarge) insertLarge.run(sequence, content);
    sequences.advance();
  }

  return (deliveries) => {
    checkNewDeliveries(deliveries);
    // What the caller does with them after the call changes nothing.
    const given = deliveries.map((delivery) => ({ ...delivery }));
    return (transaction) => {
      const missing = new Map<string, NewDelivery>();
      for (const delivery of given) {
        const { key, digest } = delivery;
        const known = missing.get(key) ?? find.get(key);
        if (known && known["digest"] !== digest) return { recorded: false, key };
        if (!known) missing.set(key, delivery);
      }
      for (const delivery of missing.values()) write(transaction, delivery);
      return { recorded: true };
    };
  };
}
