import type { Stage } from "../parent/stage.ts";
import { isInterrupted } from "../ledger/audit.ts";

/** A queue of slow jobs is killed and started again: each of them is there, and those that had waited run in their order. */
export async function thousand(stage: Stage, count: number): Promise<void> {
  const { maxConcurrent } = stage.lane;
  const first = stage.start("a", { kind: "batch", count }, { workUntil: stage.fileOf("never") });
  await stage.noted("a", "accepted", count);
  await stage.noted("a", "started", maxConcurrent);
  first.kill();
  await first.ended;
  await stage.start("b", { kind: "drain" }).ended;
  const rows = [...(await stage.rows()).values()];
  const interrupted = rows.filter(isInterrupted).length;
  const numbers = stage
    .entriesOf("b")
    .filter(({ word }) => word === "started")
    .map(({ about }) => Number(about.split("-")[1]));
  if (interrupted !== maxConcurrent) stage.faults.push(`${interrupted} of ${maxConcurrent} jobs interrupted`);
  if (numbers.length !== count - maxConcurrent)
    stage.faults.push(`${numbers.length} of ${count - maxConcurrent} jobs ran`);
  // As many as run at a time may pass each other while their start is written. In Redis a job is built when it has been taken,
  // which takes some so long that others pass them.
  const strays = numbers.filter((number, place) => Math.abs(number - place - maxConcurrent) >= maxConcurrent);
  if (strays.length > 0 && stage.address.kind !== "redis")
    stage.faults.push(`${strays.length} jobs out of order: ${strays.slice(0, 9).join()}`);
  stage.notes.push(`of ${count} queued ${interrupted} interrupted and ${numbers.length} run`);
}
