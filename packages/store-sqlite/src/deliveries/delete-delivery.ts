import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { Sequences } from "../database/sequences.ts";
import type { Work } from "../database/work.ts";

export function createDeleteDelivery(
  database: DatabaseSync,
  sequences: Sequences,
): (key: string) => Work<boolean> {
  const find = database.prepare("SELECT sequence FROM deliveries WHERE key = ? AND state > 1");
  const remove = database.prepare("DELETE FROM deliveries WHERE sequence = ?");
  const removeLarge = database.prepare("DELETE FROM large_contents WHERE sequence = ?");
  return (key) => {
    requireId(key, "Cannot delete delivery", "key");
    return () => {
      const sequence = find.get(key)?.["sequence"];
      if (typeof sequence !== "number") return false;
      sequences.mark();
      remove.run(sequence);
      removeLarge.run(sequence);
      return true;
    };
  };
}
