import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { modelServer } from "./model-server.ts";

const packageRoot = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageRoot, "README.md"), "utf8");
const diff = /```diff\n(.*?)```/s.exec(readme)?.[1]?.split("\n") ?? [];

/** The app of the README, without its lane or with it. */
function app(sign: "-" | "+"): string {
  const other = sign === "-" ? "+" : "-";
  return diff
    .filter((line) => !line.startsWith(other))
    .map((line) => line.slice(1))
    .join("\n");
}

const calls = `
const questions = [1, 2, 3, 4, 5].map((n) => answer("ada", "question " + n));
questions.push(answer("bob", "the only one"));
await Promise.all(questions);
`;

/** Runs an app whose model answers when \`together\` calls are there, and gives the prompts in the order of their arrival. */
async function run(
  code: string,
  together: number,
): Promise<{ readonly prompts: string[]; readonly most: number }> {
  const waiting: (() => void)[] = [];
  const prompts: string[] = [];
  let most = 0;
  await using server = await modelServer((request) => {
    prompts.push(JSON.stringify(request.messages));
    return new Promise((resolve) => {
      waiting.push(() => resolve("ok"));
      most = Math.max(most, waiting.length);
      if (waiting.length === together) for (const answer of waiting.splice(0)) answer();
    });
  });
  const node = ["--conditions=@executus/source", "--input-type=module-typescript", "--eval", code + calls];
  await promisify(execFile)(process.execPath, node, {
    cwd: packageRoot,
    env: { ...process.env, MODEL_URL: server.url },
  });
  return { prompts, most };
}

test("the README's app is changed by 15 lines at most", () => {
  const changed = diff.filter((line) => line.startsWith("+") || line.startsWith("-"));
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.length).toBeLessThanOrEqual(15);
});

test("the README's app without a lane calls the model six times at once", async () => {
  expect((await run(app("-"), 6)).most).toBe(6);
});

test("the README's app with a lane calls the model twice at once, and bob is not last", async () => {
  const { prompts, most } = await run(app("+"), 2);
  expect(most).toBe(2);
  expect(prompts).toHaveLength(6);
  expect(prompts.slice(0, 4).join()).toContain("bob asks");
});
