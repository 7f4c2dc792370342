import { expect, test } from "vitest";
import { isGenerated } from "../../src/repository/generated-names.ts";

test("isGenerated() knows lock files, minified code, maps and snapshots, at any depth", () => {
  const generated = [
    "pnpm-lock.yaml",
    "package-lock.json",
    "a/yarn.lock",
    "a/b.min.js",
    "a/b.js.map",
    "a/__snapshots__/b.test.ts.snap",
    "node_modules/a/index.js",
    "a/node_modules/b/index.js",
  ];
  for (const path of generated) expect([path, isGenerated(path)]).toEqual([path, true]);
  for (const path of [
    "lock.yaml",
    "a/min.js",
    "map.ts",
    "node_modules",
    "src/node_modules.ts",
    "my-yarn.lock",
  ]) {
    expect([path, isGenerated(path)]).toEqual([path, false]);
  }
});
