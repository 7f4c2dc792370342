import { expect, test } from "vitest";
import { chooseModels } from "../../src/model/choose-models.ts";
import { describeModel } from "../../src/model/model-notice.ts";
import { UsageError } from "../../src/usage-error.ts";

test("chooseModels() knows the drills by name, and names them for one that is none", async () => {
  const ids = ["drill:restless", "drill:failing"];
  const chosen = await chooseModels(new Map([["model", ids.join(",")]]));
  expect(chosen.map(({ id }) => id)).toEqual(ids);
  await expect(chooseModels(new Map([["model", "drill:x"]]))).rejects.toEqual(
    new UsageError('EXECUTUS_MODEL: "drill:x" is no drill: there are drill:restless, drill:failing'),
  );
});

test("describeModel() says of every model that is no LLM what it is", () => {
  expect(["rules", "drill:restless", "drill:failing", "openai:x"].map(describeModel)).toEqual([
    "rules (embedded rules, not an LLM: every finding comes from an analyser)",
    "drill:restless (a drill, not an LLM: it asks for what a guard refuses, then follows the embedded rules)",
    "drill:failing (a drill, not an LLM: it always fails)",
    "openai:x",
  ]);
});
