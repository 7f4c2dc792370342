import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findOxlint } from "../../src/checks/oxlint-executable.ts";
import { notInTests, ruleOptions, ruleSets, supersededBy } from "../../src/checks/rule-sets.ts";

const names = Object.values(ruleSets).flatMap((set) => Object.values(set).flat());

test("ruleSets names rules that oxlint has, each once", async () => {
  const { entry } = findOxlint();
  const list = await promisify(execFile)(process.execPath, [entry, "--rules", "--format=json"], {
    maxBuffer: 8_000_000,
  });
  const known = new Set(
    (JSON.parse(list.stdout) as { scope: string; value: string }[]).map(({ scope, value }) =>
      scope === "eslint" ? value : `${scope}/${value}`,
    ),
  );
  const unknown = names.filter((name) => !known.has(name.replace("react-hooks/", "react/")));
  expect(unknown).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test("ruleSets holds every rule that options and exceptions are about", () => {
  const mentioned = [...Object.keys(ruleOptions), ...notInTests, ...Object.entries(supersededBy).flat()];
  expect(mentioned.filter((name) => !names.includes(name))).toEqual([]);
});
