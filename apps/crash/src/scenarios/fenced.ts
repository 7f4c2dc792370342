import { isInterrupted } from "../ledger/audit.ts";
import type { Stage } from "../parent/stage.ts";

const count = 8;

/**
 * One of two processes stands still for longer than its lease, just before a job's code returns: the other one takes over,
 * and what the first one ends late counts for nothing.
 */
export async function fenced(stage: Stage): Promise<void> {
  const second = stage.start("b", { kind: "drain", from: stage.fileOf("drain") });
  await stage.noted("b", "recovered");
  const block = { point: "job:returning", visit: 1, blockUntil: stage.fileOf("wake") } as const;
  const first = stage.start("a", { kind: "batch", count }, { mishaps: [block] });
  await stage.noted("a", "point");
  stage.signal("drain");
  await second.ended;
  stage.signal("wake");
  await first.ended;
  const late = stage.entriesOf("a").filter(({ word }) => word === "fenced").length;
  const interrupted = [...(await stage.rows()).values()].filter(isInterrupted);
  const done = new Set(stage.entriesOf("a").flatMap(({ word, about }) => (word === "done" ? [about] : [])));
  const finishedLate = interrupted.filter(({ jobId }) => done.has(jobId)).length;
  if (late === 0 || finishedLate === 0)
    stage.faults.push(`${late} jobs fenced, ${finishedLate} of them ended late: nothing was seen of a fence`);
  stage.notes.push(`${late} jobs fenced, ${finishedLate} of them had come to their end`);
}
