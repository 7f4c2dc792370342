import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLinks } from "../docs/links.ts";
import { packageLines } from "../docs/package-lines.ts";
import { checkScriptNames } from "../docs/script-names.ts";
import { publicPackages, readWorkspace } from "../workspace/read-workspace.ts";
import { toPosix } from "../workspace/walk-files.ts";
import { repository } from "./fixture-workspace.ts";

const path = "llms.txt";
const workspace = readWorkspace(repository);
const text = read(path);

function read(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

function linesOf(section: string): string[] {
  const [, body = ""] = text.split(`\n## ${section}\n`);
  return (body.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("- "));
}

test("llms.txt has a line for each package, with its entries and codes", () => {
  // If it does not: node scripts/write-llms.ts
  expect(linesOf("Packages")).toEqual(packageLines(workspace));
});

test("llms.txt names each seam with a suite as its package exports it", () => {
  const suites = publicPackages(workspace).flatMap(({ folder }) =>
    globSync(`${folder}/src/conformance.ts`, { cwd: repository }).flatMap((file) =>
      [...read(toPosix(file)).matchAll(/\b\w+Conformance\b/g)].map(([suite]) => suite),
    ),
  );
  const named = linesOf("Seams").flatMap((line) => line.match(/\w+Conformance(?=`)/g) ?? []);
  expect(new Set(named)).toEqual(new Set(suites));
});

test("llms.txt links every guide, and nothing that is not there", () => {
  const guides = globSync("docs/*.md", { cwd: repository }).map(toPosix);
  const linked = linesOf("Guides").map((line) => /\]\(([^)]+)\)/.exec(line)?.[1] ?? line);
  expect(new Set(linked)).toEqual(new Set(guides));
  expect(checkLinks(repository, { path, text })).toEqual([]);
});

test("llms.txt names no script that is not there", () => {
  expect(checkScriptNames(workspace, { path, text })).toEqual([]);
});
