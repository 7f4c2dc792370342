import { expect, test } from "vitest";
import { deskFolder, files } from "../service/desk-process.ts";

test("scene 2: a reviewer hands its task to its own ancestor and repeats a task: two visible refusals, and the run ends well", async () => {
  const folder = deskFolder({ models: ["drill:restless"] });
  folder.repository("shop", files(1));
  const desk = await folder.start();
  const bo = desk.as("bo");

  const { id } = (await bo.submit({ repo: "shop", reviewers: ["correctness"] })).body;
  const run = await bo.ended(id);
  const told = await Array.fromAsync(bo.events(id));
  const refused = told.flatMap(({ data }) => (data.type === "guard-refused" ? [data.refusal.code] : []));
  expect(refused.sort()).toEqual(["GUARD_CYCLE", "GUARD_DUPLICATE"]);
  const notes = told.flatMap(({ data }) => (data.progress?.type === "note" ? [data.progress.message] : []));
  for (const code of refused) expect(notes.join("\n")).toContain(code);
  expect(run).toMatchObject({
    state: "finished",
    result: { complete: true, cells: { total: 1, done: 1 }, findings: { error: 1 } },
  });
  expect(run.result.text).toContain("note: 2 requests of models refused by the guard");
  expect(run.result.text).toContain("a drill, not an LLM");
});

test("scene 2: cells that ask without end leave enough for the patch of an admin", async () => {
  const folder = deskFolder({ models: ["drill:restless"] });
  folder.repository("shop", files(12));
  const desk = await folder.start();
  const ada = desk.as("ada");

  const { id } = (await ada.submit({ repo: "shop", reviewers: ["correctness", "complexity"], apply: true }))
    .body;
  expect(await ada.ended(id)).toMatchObject({
    state: "finished",
    result: { complete: true, cells: { total: 24, done: 24 }, patch: { applied: true } },
  });
});
