import { expect, onTestFinished, test } from "vitest";
import { openAiServer } from "../model/openai-server.ts";
import { cellsDone } from "../service/cells-done.ts";
import { deskFolder, files } from "../service/desk-process.ts";

test("scene 4: a model that fails leaves a partial grid, within the cap of each model", async () => {
  let underWay = 0;
  let mostAtOnce = 0;
  const two = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const server = await openAiServer(async () => {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    if (underWay === 2) two.resolve();
    await answer.promise;
    underWay -= 1;
    return 400;
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const folder = deskFolder({
    models: ["rules", "broken"],
    modelMaxConcurrent: 2,
    lanes: { review: { maxConcurrent: 8 } },
  });
  folder.repository("shop", files(12));
  const desk = await folder.start({ EXECUTUS_BASE_URL: server.url });
  const bo = desk.as("bo");

  const { id } = (await bo.submit({ repo: "shop", reviewers: ["correctness"] })).body;
  // When the other model is through, the slots that the broken one may not have are free.
  await cellsDone(bo, id, 12, /^2\/\d+,0$/);
  await two.promise;
  answer.resolve();
  const run = await bo.ended(id);
  expect(run).toMatchObject({
    state: "finished",
    result: { complete: false, cells: { total: 24, done: 12, failed: 12 }, findings: { error: 12 } },
  });
  expect(mostAtOnce).toBe(2);
  expect(run.result.text).toContain("12 cells failed:");
  const report = await bo.get(`/v1/runs/${id}/files/report.md`);
  expect(report.text).toContain("## Cells that failed");
  expect(report.text).toMatch(/f000\.js:1.*Reported by 1 of 2 models/);
  const findings = (await bo.get(`/v1/runs/${id}/files/findings.json`)).body;
  expect(new Set(findings.failures.map(({ model }: { model: string }) => model))).toEqual(
    new Set(["broken"]),
  );
});
