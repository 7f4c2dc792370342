import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runReview } from "./cli/command-line.ts";
import { exitCode } from "./cli/exit-code.ts";

const app = join(import.meta.dirname, "..");

/** Reviews the sample project with its known faults, then the repository that this app is part of. */
async function demo(): Promise<number> {
  const sample = await copySample();
  try {
    const code = await runReview({ repo: sample, name: "sample" });
    if (code !== exitCode.ok) return code;
  } finally {
    await rm(sample, { recursive: true, force: true });
  }
  process.stdout.write("\n");
  return runReview({ repo: join(app, "../.."), name: "this repository" });
}

/** The sample's key is put together here, so that no scanner trips over this repository. It opens nothing. */
async function copySample(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "review-desk-sample-"));
  await cp(join(app, "sample"), folder, { recursive: true });
  const settings = join(folder, "src/settings.ts");
  const text = await readFile(settings, "utf8");
  await writeFile(settings, text.replace("{{a fake access key}}", ["AKIA", "3XQJ7R5M", "T2LNW4PD"].join("")));
  return folder;
}

process.exitCode = await demo();
