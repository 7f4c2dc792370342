import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSnippets } from "../docs/snippets.ts";
import { toPosix } from "../workspace/walk-files.ts";
import { repository } from "./fixture-workspace.ts";

const guides = globSync("docs/*.md", { cwd: repository }).map(toPosix).sort();
const uses = guides.filter((path) => path !== "docs/upgrading.md");

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

test("README.md links every guide in a line of its own", () => {
  const lines = read("README.md").split("\n");
  const links = guides.map((path) =>
    lines.filter((line) => line.startsWith("- ") && line.includes(`](${path})`)),
  );
  expect(links.map(({ length }) => length)).toEqual(guides.map(() => 1));
});

test.each(uses)("%s begins with a program that runs and what it prints", (path) => {
  const [first] = readSnippets({ path, text: read(path) }).snippets;
  expect(first).toMatchObject({ runs: true, output: expect.stringMatching(/\S/) });
});

test.each(uses)("%s says what the part does not do, on two screens at most", (path) => {
  const text = read(path);
  expect(text).toContain("\n## What it does not do\n");
  expect(text.split("\n").length).toBeLessThanOrEqual(125);
});
