import { expect, test } from "vitest";
import { checkScriptNames } from "../docs/script-names.ts";
import { readWorkspace } from "../workspace/read-workspace.ts";
import { createWorkspace } from "./fixture-workspace.ts";

function scriptsOf(text: string): string[] {
  const { root, write } = createWorkspace();
  write("node_modules/vitest/package.json", '{ "bin": { "vitest": "./vitest.mjs" } }');
  return checkScriptNames(readWorkspace(root), { path: "README.md", text });
}

test.each([
  "`npx --yes pnpm@12 test`, `pnpm run test` and `pnpm install`",
  "`pnpm --filter @executus/low build`, `pnpm -F low build`, `pnpm --filter=@executus/low build`",
  "`pnpm vitest run --project lane`",
  "Ask pnpm nicely.",
])("checkScriptNames() accepts %j", (text) => {
  expect(scriptsOf(text)).toEqual([]);
});

test.each([
  ["`pnpm deploy-all`", "deploy-all"],
  ["`npx --yes pnpm@12 gone`", "gone"],
  ["`pnpm run gone`", "gone"],
  ["`pnpm test && pnpm gone`", "gone"],
  ["`pnpm --filter @executus/low test`", "test"],
  ["`pnpm oxlint`", "oxlint"],
  ["```sh\npnpm gone # to be gone\n```", "gone"],
])("checkScriptNames() refuses %j", (text, script) => {
  expect(scriptsOf(text)).toEqual([
    expect.stringMatching(`^README\\.md:\\d: "pnpm ${script}" is not a script of package.json$`),
  ]);
});
