import { expect, test } from "vitest";
import { deskFolder, files } from "../service/desk-process.ts";
import { heldModel } from "./held-model.ts";

test("scene 1: one caller's 200 files do not hold up another's one, who sees position and time meanwhile", async () => {
  const model = await heldModel();
  const folder = deskFolder({ models: ["held"], lanes: { review: { maxConcurrent: 2 } } });
  folder.repository("large", files(200));
  folder.repository("small", files(1));
  const desk = await folder.start(model.env);
  const [bo, cy] = [desk.as("bo"), desk.as("cy")];

  model.answerOnly(24);
  const large = (await bo.submit({ repo: "large", reviewers: ["secrets"] })).body;
  await model.holding(2);
  const small = (await cy.submit({ repo: "small", reviewers: ["secrets"] })).body;
  expect(small).toMatchObject({
    state: "queued",
    placement: { state: "queued", waitingFor: expect.any(String) },
  });
  expect(small.placement.position).toBeGreaterThanOrEqual(0);
  expect(small.placement.position).toBeLessThan(4);
  expect(small.placement.etaMs).toBeGreaterThanOrEqual(0);
  expect((await cy.get(`/v1/runs/${small.id}`)).body.placement).toMatchObject({ state: "queued" });
  expect((await bo.get(`/v1/runs/${large.id}`)).body.progress).toMatchObject({ total: 200 });

  // Not enough for all of the large one: that the small one ends is its turn, and no matter of speed.
  model.release(60);
  expect(await cy.ended(small.id)).toMatchObject({ state: "finished" });
  expect((await bo.get(`/v1/runs/${large.id}`)).body).toMatchObject({ state: "running" });
  model.release();
  const told: { type: string; at: number }[] = [];
  for await (const { data } of bo.events(large.id)) told.push(data);
  for await (const { data } of cy.events(small.id))
    if (data.type === "run-ended") told.push({ ...data, type: "small" });
  const smallEnd = told.find(({ type }) => type === "small")?.at ?? Number.NaN;
  const before = told.filter(({ type, at }) => type === "cell-ended" && at <= smallEnd).length;
  expect(before).toBeGreaterThanOrEqual(24);
  expect(before).toBeLessThan(100);
  expect((await bo.get(`/v1/runs/${large.id}`)).body).toMatchObject({
    state: "finished",
    result: { files: 200, cells: { total: 200, done: 200, failed: 0 } },
  });
});
