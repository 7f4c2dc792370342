/**
 * Copies the small files that several packages need from `scripts/internal` into each `src/internal` and `test/internal` that
 * holds one of that name: core packages share no code by import, nor do stores, apps and tests. With `--check` it changes nothing
 * and fails on drift.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "..");
const check = process.argv.includes("--check");
const problems: string[] = [];

for (const copy of globSync("{packages,apps}/*/{src,test}/internal/*.ts", { cwd: root }).sort()) {
  const source = join(import.meta.dirname, "internal", basename(copy));
  let text: string;
  try {
    text = `// A copy of scripts/internal/${basename(copy)}: change it there, then run scripts/sync-internal.ts.\n${readFileSync(source, "utf8")}`;
  } catch {
    problems.push(`${copy}: has no source in scripts/internal`);
    continue;
  }
  if (readFileSync(join(root, copy), "utf8") === text) continue;
  if (check)
    problems.push(
      `${copy}: differs from scripts/internal/${basename(copy)}; run node scripts/sync-internal.ts`,
    );
  else writeFileSync(join(root, copy), text);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
