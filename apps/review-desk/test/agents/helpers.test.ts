import { afterAll, expect, test } from "vitest";
import type { CellResult } from "../../src/review/cell.ts";
import { makeRepository } from "../repository/sandbox.ts";
import { closeChecks, slow } from "../patch/patch-scene.ts";
import { deskScene } from "./desk-scene.ts";

afterAll(closeChecks);

const faulty = "export const f = (a) => a === NaN;\n";

function makeFolderWith(...names: readonly string[]): string {
  const { folder, commit } = makeRepository();
  commit(Object.fromEntries(names.map((name) => [name, faulty])));
  return folder;
}

const cycle =
  'hand_back: GUARD_CYCLE: "review" was not started: it is in the chain that leads to you already, so the task would go round in circles. Finish with your own tools.';

test(
  "drill:restless is refused twice in a cell, reads why, and the cell ends with its findings",
  slow,
  async () => {
    const scene = deskScene(makeFolderWith("a.js"));
    const [result] = (await scene.review("drill:restless", ["correctness"])) as readonly CellResult[];
    expect(result?.findings).toMatchObject([
      { rule: "oxlint/use-isnan", source: "check", models: ["drill:restless"] },
    ]);
    expect(result?.refusals.toSorted()).toEqual([
      cycle,
      expect.stringMatching(/^second_opinion: GUARD_DUPLICATE: /),
    ]);
    expect(scene.events.filter(({ type }) => type === "guard-refused")).toMatchObject([
      { target: "review", refusal: { code: "GUARD_CYCLE" } },
      { target: "second-opinion", refusal: { code: "GUARD_DUPLICATE" } },
    ]);
  },
);

test(
  "second-opinion runs from within cells, with fewer slots than there are agents below one another",
  slow,
  async () => {
    const scene = deskScene(makeFolderWith("a.js", "b.js"));
    const results = (await scene.review("drill:restless")) as readonly CellResult[];
    expect(results.map(({ refusals }) => refusals.length)).toEqual(Array.from({ length: 8 }, () => 2));
    const ended = scene.events.filter(
      (event) => event.type === "run-ended" && event.agent === "second-opinion",
    );
    expect(ended).toMatchObject(Array.from({ length: 8 }, () => ({ state: "finished" })));
  },
);

test("drill:failing fails its cells and no more", slow, async () => {
  const results = await deskScene(makeFolderWith("a.js")).review("drill:failing", ["correctness", "secrets"]);
  const failed = "Error: drill:failing always fails: that is what it is for";
  expect(results).toEqual([failed, failed]);
});
