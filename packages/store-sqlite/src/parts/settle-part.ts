import type { DatabaseSync } from "node:sqlite";
import { requireId, requireObject, requireText } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";
import type { ReceiptPart } from "../internal/part.ts";

export function createSettlePart(database: DatabaseSync): (key: string, part: ReceiptPart) => Work<void> {
  const settle = database.prepare(
    "UPDATE parts SET part = ?, is_sent = ?, used_at = ? WHERE key = ? AND is_sent = 0",
  );
  return (key, part) => {
    const action = "Cannot settle part";
    requireId(key, action, "key");
    requireObject(part, action, "part");
    requireText(part.status, action, "part.status");
    const isSent = Number(part.status === "sent");
    const json = JSON.stringify(part);
    return ({ at }) => void settle.run(json, isSent, at, key);
  };
}

export function createReleasePart(database: DatabaseSync): (key: string) => Work<void> {
  const release = database.prepare("DELETE FROM parts WHERE key = ? AND is_sent = 0");
  return (key) => {
    requireId(key, "Cannot release part", "key");
    return () => void release.run(key);
  };
}
