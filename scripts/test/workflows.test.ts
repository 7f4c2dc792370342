import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./fixture-workspace.ts";

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

/** The lines of one job of a workflow. */
function jobOf(workflow: string, name: string): string {
  const text = read(`.github/workflows/${workflow}.yml`);
  const start = text.indexOf(`\n  ${name}:\n`);
  expect(start).toBeGreaterThan(0);
  const rest = text.slice(start + 1);
  const end = rest.slice(1).search(/^ {2}\S/m);
  return end < 0 ? rest : rest.slice(0, end + 1);
}

const workflows = globSync(".github/workflows/*.yml", { cwd: repository });

test("workflows name every action by its commit, with the version behind it", () => {
  const used = workflows.flatMap((path) =>
    [...read(path).matchAll(/uses: *(.*)/g)].map(([, action]) => action),
  );
  expect(used.length).toBeGreaterThan(5);
  expect(
    used.filter((action) => !/^[\w-]+\/[\w-]+(\/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? "")),
  ).toEqual([]);
});

test("one action has one commit in all workflows", () => {
  // Also of an action that stands in a folder of another one.
  const used = workflows.flatMap((path) => [...read(path).matchAll(/uses: *([\w-]+\/[\w-]+)\S*@(\S+)/g)]);
  const commits = new Map(used.map(([, name, commit]) => [name, commit]));
  expect(used.filter(([, name, commit]) => commits.get(name) !== commit)).toEqual([]);
});

test("workflows may read, and two jobs of the release may do more, each its part", () => {
  for (const path of workflows) expect(read(path)).toMatch(/^permissions:\n {2}contents: read\n/m);
  const writing = workflows.filter((path) => /: write\b/.test(read(path)));
  expect(writing).toEqual([join(".github", "workflows", "release.yml")]);
  const rights = (name: string): string[] =>
    [...jobOf("release", name).matchAll(/^ {6}([\w-]+): write\b/gm)].map(([, right]) => right ?? "");
  expect(rights("version")).toEqual(["contents", "pull-requests"]);
  expect(rights("publish")).toEqual(["contents", "id-token"]);
  expect([...read(".github/workflows/release.yml").matchAll(/: write\b/g)]).toHaveLength(4);
});

test("no job of the release that may write runs tests, and none of them begins before the gate has passed", () => {
  for (const name of ["version", "publish"]) {
    expect(jobOf("release", name)).toContain("needs: [gate, mode]");
    expect(jobOf("release", name)).not.toMatch(/\.ci\/run|pnpm@12 (test|run (ok|check))/);
  }
  expect(jobOf("release", "gate")).toContain("run: bash .ci/run");
});

test("the job that asks what npm lacks has a pnpm on its path, which the action calls by its name", () => {
  expect(jobOf("release", "mode")).toMatch(
    /node_modules\/\.bin" >> "\$GITHUB_PATH"\n[^]*uses: changesets\/action\/select-mode@/,
  );
});

test("no workflow keeps the token of its checkout where what it runs could read it", () => {
  for (const path of workflows) {
    const count = (pattern: RegExp): number => [...read(path).matchAll(pattern)].length;
    expect(count(/persist-credentials: false/g)).toBe(count(/uses: actions\/checkout@/g));
  }
});

test("the pull request that makes the versions is not asked for a changeset: it has used them up", () => {
  expect(jobOf("ci", "changeset")).toContain("!startsWith(github.head_ref, 'changeset-release/')");
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
