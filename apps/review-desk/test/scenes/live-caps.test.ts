import { expect, test } from "vitest";
import { deskFolder, files } from "../service/desk-process.ts";

test.skipIf(process.platform === "win32")(
  "scene 8: a cap is followed when the config file changes and when an admin sets it, also after a restart",
  async () => {
    const cap = (maxConcurrent: number): object => ({ lanes: { review: { maxConcurrent } } });
    const folder = deskFolder(cap(0));
    folder.repository("shop", files(2));
    const desk = await folder.start();
    const [ada, bo] = [desk.as("ada"), desk.as("bo")];
    const input = { repo: "shop", reviewers: ["secrets"] };

    const first = (await bo.submit(input)).body;
    expect(first.placement).toMatchObject({ state: "queued", waitingFor: "hold" });
    // Nothing starts under a cap of 0: that the run ends is the file's doing.
    folder.configure(cap(2));
    expect(await bo.ended(first.id)).toMatchObject({ state: "finished" });
    expect((await bo.get("/v1/lanes")).body.lanes).toMatchObject([{ name: "review", maxConcurrent: 2 }]);

    expect(await bo.call("PUT", "/v1/lanes/review", { maxConcurrent: 0 })).toMatchObject({
      status: 403,
      body: { error: { code: "DESK_NOT_ADMIN" } },
    });
    expect(await ada.call("PUT", "/v1/lanes/review", { maxConcurrent: 0 })).toMatchObject({
      status: 200,
      body: { name: "review", maxConcurrent: 0 },
    });
    const second = (await bo.submit(input)).body;
    expect(second.placement).toMatchObject({ state: "queued", waitingFor: "hold" });
    expect(await desk.stop()).toBe(0);

    const again = await folder.start();
    expect((await again.as("bo").get("/v1/lanes")).body.lanes).toMatchObject([{ maxConcurrent: 0 }]);
    expect((await again.as("bo").get(`/v1/runs/${second.id}`)).body).toMatchObject({ state: "queued" });
    await again.as("ada").call("PUT", "/v1/lanes/review", { maxConcurrent: 3 });
    expect(await again.as("bo").ended(second.id)).toMatchObject({ state: "finished" });
  },
);
