import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MockLanguageModelV4 } from "ai/test";
import { afterAll, expect, test } from "vitest";
import { makeRepository } from "../repository/sandbox.ts";
import { closeChecks, reviewFolder, slow } from "../patch/patch-scene.ts";
import { deskScene, people } from "./desk-scene.ts";

afterAll(closeChecks);

const faulty = "export const f = (a) => a === NaN;\n";
const mended = "export const f = (a) => isNaN(a);\n";
const rules = "rules (embedded rules, not an LLM: every finding comes from an analyser)";

async function prepare(): Promise<{
  readonly folder: string;
  readonly patch: string;
  readonly now: () => string;
}> {
  const { folder, commit } = makeRepository();
  commit({ "a.js": faulty });
  const { patch } = await reviewFolder(folder);
  return { folder, patch: await patch(), now: () => readFileSync(join(folder, "a.js"), "utf8") };
}

test("patcher applies the patch for an admin, and says so", slow, async () => {
  const { folder, patch, now } = await prepare();
  expect(await deskScene(folder).patch(people.ada, patch)).toEqual({
    applied: true,
    files: ["a.js"],
    text: `fix.patch was applied to 1 file: "a.js"\n${rules}: The patch is applied.`,
  });
  expect(now()).toBe(mended);
});

test("patcher is refused for a member: its model reads why, and the run ends well", slow, async () => {
  const { folder, patch, now } = await prepare();
  const scene = deskScene(folder);
  const output = (await scene.patch(people.bo, patch)) as { readonly text: string };
  expect(output).toMatchObject({ applied: false, files: [] });
  expect(output.text.split("\n")).toEqual([
    "fix.patch was not applied: apply_patch was refused: IDENTITY_FORBIDDEN: Cannot do this: it is not allowed",
    `${rules}: I was refused: Cannot do this: it is not allowed`,
  ]);
  expect(now()).toBe(faulty);
  expect(scene.events.filter(({ type }) => type === "run-ended")).toMatchObject([
    { agent: "patcher", state: "finished" },
    { agent: "review", state: "finished" },
  ]);
});

test("patcher does not apply for a member whatever its model calls", slow, async () => {
  const { folder, patch, now } = await prepare();
  const call = { type: "tool-call", toolCallId: "1", toolName: "apply_patch", input: "{}" } as const;
  const stubborn = new MockLanguageModelV4({
    doGenerate: () =>
      Promise.resolve({
        content: [call],
        finishReason: { unified: "tool-calls", raw: undefined },
        usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } } as never,
        warnings: [],
      }),
  });
  const scene = deskScene(folder, { models: [{ id: "stubborn", model: stubborn }] });
  expect(await scene.patch(people.bo, patch, "stubborn")).toMatchObject({ applied: false });
  expect(stubborn.doGenerateCalls).toHaveLength(4);
  expect(now()).toBe(faulty);
});

test("patcher says that a file has changed meanwhile, and changes nothing", slow, async () => {
  const { folder, patch, now } = await prepare();
  writeFileSync(join(folder, "a.js"), `${faulty}// later\n`);
  expect(await deskScene(folder).patch(people.ada, patch)).toMatchObject({
    applied: false,
    text: expect.stringContaining(
      'fix.patch was not applied: PATCH_CHANGED: Cannot apply the patch: "a.js" has changed since it was reviewed\n',
    ),
  });
  expect(now()).toBe(`${faulty}// later\n`);
});

test("patcher fails with its model if nothing was applied", slow, async () => {
  const { folder, patch, now } = await prepare();
  await expect(deskScene(folder).patch(people.ada, patch, "drill:failing")).rejects.toThrow(
    "drill:failing always fails",
  );
  expect(now()).toBe(faulty);
});
