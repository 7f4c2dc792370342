import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/** The findings of a review that `demo` printed, each with the file and line it points at. */
function placesIn(review: string): { path: string; line: number }[] {
  const found = review.matchAll(/^(?:error|warn|info) +(.+?):(\d+) {2}/gm);
  return [...found].map(([, path, line]) => ({ path: path ?? "", line: Number(line) }));
}

function lineCount(file: string): number {
  return readFileSync(file, "utf8").split("\n").length;
}

test("demo reviews the sample as the README shows it, then this repository, with findings at lines that exist", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@executus/source", join(root, "apps/review-desk/src/demo.ts")],
    { env: { ...process.env, NO_COLOR: "1" }, maxBuffer: 10_000_000 },
  );
  const [sample = "", own = ""] = stdout.split("\n\nReview of this repository");
  const shown = /```console\n([^]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1];
  expect(`${sample}\n`).toBe(shown);
  expect(placesIn(sample).length).toBeGreaterThan(5);
  for (const { path, line } of placesIn(sample)) {
    expect(line).toBeLessThanOrEqual(lineCount(join(root, "apps/review-desk/sample", path)));
  }
  expect(placesIn(own).length).toBeGreaterThan(0);
  for (const { path, line } of placesIn(own)) expect(line).toBeLessThanOrEqual(lineCount(join(root, path)));
});

test("the demo loads nothing of the service, whose packages its install does not have", () => {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, "utf8").replaceAll(/import type [^;]*;/g, "");
    for (const [, name = ""] of text.matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gm)) {
      if (name.startsWith(".")) visit(join(dirname(file), name));
      else packages.add(name);
    }
  };
  visit(join(import.meta.dirname, "../src/demo.ts"));
  expect(packages).toContain("@executus/fanout");
  for (const name of ["@executus/ai-sdk", "@executus/harness", "@executus/store-sqlite", "hono"])
    expect(packages).not.toContain(name);
});
