import { afterAll, expect, test } from "vitest";
import { closeChecks, slow } from "../patch/patch-scene.ts";
import { makeRepository } from "../repository/sandbox.ts";
import { deskScene } from "./desk-scene.ts";

afterAll(closeChecks);

const faulty = "export const f = (a) => a === NaN;\n";

function makeShop(): string {
  const { folder, commit } = makeRepository();
  commit({ "a.js": faulty });
  return folder;
}

const asked = {
  repo: "shop",
  path: "a.js",
  reviewer: "correctness",
  model: "rules",
  line: 1,
  rule: "oxlint/use-isnan",
  question: "Is it?",
};

test("second-opinion agrees with what the check says again, and with nothing else", slow, async () => {
  const scene = deskScene(makeShop());
  expect(await scene.opinion(asked)).toEqual({
    agrees: true,
    why: "correctness reports oxlint/use-isnan at line 1",
  });
  expect(await scene.opinion({ ...asked, rule: "oxlint/no-empty" })).toEqual({
    agrees: false,
    why: "correctness reports no oxlint/no-empty at line 1",
  });
});

test("second-opinion's reader is an agent in a tool, and stands below it for the guard", slow, async () => {
  const scene = deskScene(makeShop());
  await scene.opinion(asked);
  expect(scene.started).toEqual(["review", "review/second-opinion", "review/second-opinion/reader"]);
});

test("second-opinion goes on without its reader where the guard does not let it in", slow, async () => {
  const scene = deskScene(makeShop(), { limits: { maxDepth: 1 } });
  expect(await scene.opinion(asked)).toMatchObject({ agrees: true });
  expect(scene.started).toEqual(["review", "review/second-opinion"]);
});

test("second-opinion shows nothing from outside of the repository", slow, async () => {
  const scene = deskScene(makeShop());
  await expect(scene.opinion({ ...asked, path: "../a.js" })).rejects.toThrow(
    "correctness gave no findings list",
  );
});
