import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { laneConformance } from "../../src/conformance.ts";
import { createLane } from "../../src/index.ts";

const { supports } = createLane({ name: "any", maxConcurrent: 1 });

laneConformance(test, { supports, create: createLane });

test("laneConformance() runs under node:test too", async () => {
  const program = `
    import { test } from "node:test";
    import { laneConformance } from ${JSON.stringify(import.meta.resolve("../../src/conformance.ts"))};
    import { createLane } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
    const { supports } = createLane({ name: "any", maxConcurrent: 1 });
    laneConformance(test, { supports, create: createLane });
  `;
  const args = ["--input-type=module", "--test-reporter=tap", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const titles: string[] = [];
  laneConformance((title) => titles.push(title), { supports, create: createLane });
  expect(stdout).toContain(`# pass ${titles.length}\n`);
});
