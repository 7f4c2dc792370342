import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deskFolder } from "../service/desk-process.ts";

test("scene 6: a member is refused apply_patch, an admin is not", async () => {
  const folder = deskFolder();
  const before = "debugger;\nexport const a = 1;\n";
  folder.repository("shop", { "src/a.js": before });
  const desk = await folder.start();
  const text = (): string => readFileSync(join(folder.path, "repos/shop/src/a.js"), "utf8");
  const input = { repo: "shop", apply: true };

  const [bo, ada] = [desk.as("bo"), desk.as("ada")];
  const refused = await bo.ended((await bo.submit(input)).body.id);
  expect(refused).toMatchObject({ state: "finished", result: { patch: { applied: false, files: [] } } });
  expect(refused.result.text).toContain("apply_patch was refused: IDENTITY_FORBIDDEN");
  expect(refused.files.map(({ name }: { name: string }) => name)).toContain("fix.patch");
  expect(text()).toBe(before);

  const applied = await ada.ended((await ada.submit(input)).body.id);
  expect(applied).toMatchObject({
    state: "finished",
    result: { patch: { applied: true, files: ["src/a.js"] } },
  });
  expect(text()).toBe("export const a = 1;\n");

  // Nobody starts the patcher past the review.
  const direct = await bo.call("POST", "/v1/runs", { agent: "patcher", input: { repo: "shop", patch: "" } });
  expect(direct).toMatchObject({ status: 403, body: { error: { code: "IDENTITY_FORBIDDEN" } } });
});
