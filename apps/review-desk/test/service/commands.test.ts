import { expect, test } from "vitest";
import { start } from "../cli/review-desk-process.ts";
import { deskFolder, files } from "./desk-process.ts";

test("submit --wait and status, as processes, of a desk that is one", async () => {
  const folder = deskFolder({ models: ["rules"] });
  folder.repository("shop", files(2));
  const desk = await folder.start();
  const env = { EXECUTUS_URL: desk.url, EXECUTUS_TOKEN: "bo-token-01234567890" };
  const submitted = await start(["submit", "--repo", "shop", "--key", "once", "--wait"], env).finished;
  const { runs } = (await desk.as("bo").get("/v1/runs")).body;
  expect(runs).toMatchObject([{ state: "finished", key: "once" }]);
  const run = await desk.as("bo").get(`/v1/runs/${runs[0].id}`);
  expect(submitted.stdout).toContain(run.body.result.text);
  expect(submitted.code).toBe(0);
  const again = await start(["submit", "--repo", "shop", "--key", "once"], env).finished;
  expect(again.stdout).toBe(`${runs[0].id}\n`);

  const status = await start(["status", runs[0].id], env).finished;
  expect(status.stdout).toContain("finished");
  expect(status.stdout).toContain("src/f001.js:1");
  const refused = await start(["submit", "--repo", "../shop"], env).finished;
  expect(refused.stderr).toMatch(/DESK_INPUT/);
  expect(refused.code).toBe(2);
  expect((await start(["status", "--lanes"], env).finished).stdout).toMatch(/review/);
});
