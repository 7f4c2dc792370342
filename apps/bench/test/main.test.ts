import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import type { Report } from "../src/report/report.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "../src/main.ts");
const node = ["--conditions=@executus/source", main];
let folder: string | undefined;

afterEach(async () => {
  if (folder) await rm(folder, { recursive: true });
  folder = undefined;
});

test("bench prints the tables of the cases and writes them as JSON", async () => {
  folder = await mkdtemp(join(tmpdir(), "bench-"));
  const out = join(folder, "new", "figures.json");
  const args = ["--quick", "--case", "idle", "--case", "heap-signal", "--out", out];
  const { stdout } = await run(process.execPath, [...node, ...args]);
  const report = JSON.parse(await readFile(out, "utf8")) as Report;
  expect(stdout).toContain("idle: ");
  expect(stdout).toContain(`written to ${out}`);
  expect(report).toMatchObject({ quick: true, rounds: 1, ours: { "@executus/lane": "src" } });
  expect(report.peers["p-limit"]).toMatch(/^\d+\.\d+\.\d+$/);
  const rows = report.cases.flatMap((each) =>
    each.rows.map((row) => [each.name, row.name, row.medians.length]),
  );
  expect(rows).toContainEqual(["idle", "lane.run(work)", 1]);
  expect(rows).toContainEqual(["heap-signal", "lane.run", 2]);
});

test("bench says what is wrong with its options and ends with 2", async () => {
  await expect(run(process.execPath, [...node, "--case", "speed"])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Cannot measure "speed": there is no such case') as string,
  });
});
