import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkSaved, checkSettlement } from "./check-arguments.ts";
import type { Settlement } from "../internal/delivery.ts";
import { stateCodes } from "./delivery-state.ts";

export function createSaveDelivery(
  database: DatabaseSync,
): (key: string, claimant: string, receipt: string) => Work<boolean> {
  const save = database.prepare(
    "UPDATE deliveries SET receipt = ? WHERE key = ? AND state = 1 AND claimant = ?",
  );
  return (key, claimant, receipt) => {
    checkSaved(key, claimant, receipt);
    return () => save.run(receipt, key, claimant).changes === 1;
  };
}

export function createSettleDelivery(database: DatabaseSync): (settlement: Settlement) => Work<boolean> {
  const settle = database.prepare(
    `UPDATE deliveries SET state = ?, receipt = ?, ready_at = ?, ended_at = ?
     WHERE key = ? AND state = 1 AND claimant = ?`,
  );
  const find = database.prepare("SELECT 1 FROM deliveries WHERE key = ? AND state = ? AND claimant = ?");
  return (settlement) => {
    checkSettlement(settlement);
    const { key, claimant, receipt, delayMs = 0 } = settlement;
    const state = stateCodes[settlement.state];
    return ({ at }) => {
      const [readyAt, endedAt] = state === 0 ? [at + delayMs, null] : [null, at];
      if (settle.run(state, receipt, readyAt, endedAt, key, claimant).changes === 1) return true;
      // The same call again, whose first answer was lost.
      return find.get(key, state, claimant) !== undefined;
    };
  };
}
