import { join } from "node:path";
import { createHarness, defineAgent } from "@executus/harness";
import { afterAll, expect, onTestFinished, test } from "vitest";
import type { Checks } from "../../src/checks/checks.ts";
import { reviewAgent } from "../../src/desk/review-agent.ts";
import { chooseModels } from "../../src/model/choose-models.ts";
import { closeChecks, sharedChecks, slow } from "../patch/patch-scene.ts";
import { makeFolder, openSandbox } from "../repository/sandbox.ts";

afterAll(closeChecks);

/** The result of a review of one file with `apply`, its log, by parts of which one does not work. */
async function reviewOf({ checks = sharedChecks() }: { readonly checks?: Checks }): Promise<unknown[]> {
  const repos = makeFolder();
  openSandbox(join(repos, "shop")).write("src/a.js", "debugger;\n");
  const patcher = defineAgent({
    name: "patcher",
    lane: "review",
    run: (_context, _input: { repo: string; patch: string }) => {
      throw new Error("no hand to write with");
    },
  });
  const agents = { patcher, cellHelpers: () => () => ({ tools: {}, telemetry: [] }) } as never;
  const models = await chooseModels(new Map([["model", "rules"]]));
  const review = reviewAgent({ repos, models, checks, modelMaxConcurrent: () => 4, agents });
  const logged: string[] = [];
  const harness = createHarness({
    agents: [review, patcher],
    lanes: { review: { maxConcurrent: 4 } },
    logger: { warn: () => {}, error: (_context: object, message: string) => logged.push(message) },
  });
  onTestFinished(() => harness.close().then(() => {}));
  const run = await harness.submit(review, { repo: "shop", apply: true }, { caller: "bo" });
  return [await run.result, logged];
}

test("a patcher that fails takes nothing of the review away", slow, async () => {
  expect(await reviewOf({})).toMatchObject([
    {
      complete: true,
      findings: { error: 1 },
      patch: { applied: false, files: [] },
      text: expect.stringContaining("Nothing is known to be applied"),
    },
    ["the patch cannot be applied"],
  ]);
});

test("a patch that cannot be made takes nothing of the review away", slow, async () => {
  const checks: Checks = {
    ...sharedChecks(),
    mend: () => Promise.reject(new Error("the disk is full")),
  };
  expect(await reviewOf({ checks })).toMatchObject([
    {
      complete: true,
      findings: { error: 1 },
      patch: { applied: false, files: [] },
      text: expect.stringContaining("the patch could not be made"),
    },
    ["fix.patch cannot be made"],
  ]);
});
