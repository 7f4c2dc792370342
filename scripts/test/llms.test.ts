import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLinks } from "../docs/links.ts";
import { checkScriptNames } from "../docs/script-names.ts";
import { readErrorCodes } from "../shape/error-codes.ts";
import { publicPackages, readWorkspace, type WorkspacePackage } from "../workspace/read-workspace.ts";
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

/** The line of a package: what its manifest says, and its codes if it has any. */
function lineOf({ folder, name, manifest, manifestText }: WorkspacePackage): string {
  const { description } = JSON.parse(manifestText) as { readonly description: string };
  const entries = Object.keys(manifest.exports ?? {}).filter((entry) => entry !== "./package.json");
  const errors = `${folder}/src/errors.ts`;
  const codes = existsSync(join(repository, errors)) ? readErrorCodes(errors, read(errors)).toSorted() : [];
  const said = codes.length > 0 ? ` Codes: ${list(codes)}.` : "";
  return `- [${name}](${folder}/README.md): ${description}. Entries: ${list(entries)}.${said}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `\`${item}\``).join(" ");
}

test("llms.txt has a line for each package, with its entries and codes", () => {
  expect(linesOf("Packages")).toEqual(publicPackages(workspace).map(lineOf));
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
  const guides = globSync("docs/*.md", { cwd: repository }).map(toPosix).toSorted();
  const linked = linesOf("Guides").map((line) => /\]\(([^)]+)\)/.exec(line)?.[1] ?? line);
  expect(linked.toSorted()).toEqual(guides);
  expect(checkLinks(repository, { path, text })).toEqual([]);
});

test("llms.txt names no script that is not there", () => {
  expect(checkScriptNames(workspace, { path, text })).toEqual([]);
});

test("README.md links every guide", () => {
  const readme = read("README.md");
  const guides = globSync("docs/*.md", { cwd: repository }).map(toPosix);
  expect(guides.filter((guide) => !readme.includes(`](${guide})`))).toEqual([]);
});
