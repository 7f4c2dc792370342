import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Stage, type StageOptions } from "../src/parent/stage.ts";

/** A stage with a SQLite file, in a folder of this test only, removed when it ends. */
export function openStage({ lane, sabotage }: Pick<StageOptions, "lane" | "sabotage">): Stage {
  const root = mkdtempSync(join(tmpdir(), "crash-stage-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "stage");
  return new Stage({
    folder,
    seed: 1,
    address: { kind: "sqlite", file: join(folder, "jobs.db") },
    lane,
    workload: { isFlat: true, maxBytes: 40 },
    sabotage,
  });
}
