import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeProblem } from "../../src/cli/node-version.ts";

test("nodeProblem() names the Node that is needed and the one that is there, as package.json has it", () => {
  const manifest = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { engines } = JSON.parse(manifest) as { readonly engines: { readonly node: string } };
  const needed = engines.node.replace(">=", "");
  for (const version of [`${needed}.0`, "22.19.0", "24.0.0", "100.0.0"])
    expect(nodeProblem(version)).toBeUndefined();
  for (const version of ["20.20.0", "22.17.1", "21.99.0"]) {
    expect(nodeProblem(version)).toMatch(`Node ${needed} or later, and this is ${version}`);
  }
});
