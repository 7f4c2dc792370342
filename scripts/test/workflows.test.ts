import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./fixture-workspace.ts";

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

const workflows = globSync(".github/workflows/*.yml", { cwd: repository });

test("workflows name every action by its commit, with the version behind it", () => {
  const used = workflows.flatMap((path) =>
    [...read(path).matchAll(/uses: *(.*)/g)].map(([, action]) => action),
  );
  expect(used.length).toBeGreaterThan(5);
  expect(
    used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? "")),
  ).toEqual([]);
});

test("one action has one commit in all workflows", () => {
  const used = workflows.flatMap((path) => [...read(path).matchAll(/uses: *(\S+)@(\S+)/g)]);
  const commits = new Map(used.map(([, name, commit]) => [name, commit]));
  expect(used.filter(([, name, commit]) => commits.get(name) !== commit)).toEqual([]);
});

test("workflows may read, and one job of the release may do more", () => {
  for (const path of workflows) expect(read(path)).toMatch(/^permissions:\n {2}contents: read\n/m);
  const writing = workflows.filter((path) => /: write\b/.test(read(path)));
  expect(writing).toEqual([join(".github", "workflows", "release.yml")]);
});

test("the release proves where packages come from: the workflow may ask for a token, and the script for the proof", () => {
  expect(read(".github/workflows/release.yml")).toMatch(/^ {6}id-token: write\b/m);
  expect(read(".ci/publish")).toContain("pnpm -r publish --access public ${GITHUB_ACTIONS:+--provenance}\n");
});

test("new versions of dependencies are proposed when they have been out for some days", () => {
  const config = read(".github/dependabot.yml");
  const updates = config.split("package-ecosystem:").slice(1);
  expect(updates.length).toBe(2);
  for (const update of updates) expect(update).toMatch(/cooldown: \{ default-days: ([7-9]|\d\d)\b/);
});
