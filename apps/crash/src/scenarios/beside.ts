import type { Stage } from "../parent/stage.ts";

const count = 12;

/** A second process starts while the first one works: it fails and takes nothing. */
export async function beside(stage: Stage): Promise<void> {
  const first = stage.start("a", { kind: "batch", count }, { workUntil: stage.fileOf("go") });
  await stage.noted("a", "accepted", count);
  await stage.noted("a", "started");
  const second = stage.start("b", { kind: "drain" });
  await stage.noted("b", "recovered");
  stage.signal("go");
  await Promise.all([first.ended, second.ended]);
  const rows = [...(await stage.rows()).values()];
  const others = rows.filter(({ state, epoch }) => state !== "finished" || epoch !== 1);
  if (others.length > 0)
    stage.faults.push(`the second process touched ${others.map(({ jobId }) => jobId).join()}`);
  const [report] = stage.entriesOf("b").filter(({ word }) => word === "recovered");
  const [interrupted, resubmitted, , elsewhere] = report?.details ?? [];
  if (interrupted !== "0" || resubmitted !== "0" || elsewhere === "0")
    stage.faults.push(`the second process recovered ${report?.details.join(", ") ?? "nothing"}`);
  stage.notes.push(`${elsewhere} jobs left to the one that had them`);
}
