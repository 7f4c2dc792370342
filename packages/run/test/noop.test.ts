import { expect, test } from "vitest";
import { createProgress, from, noop } from "../src/index.ts";

test("from() gives the progress that it was passed, or noop", () => {
  const progress = createProgress();
  expect(from(progress)).toBe(progress);
  expect(from(undefined)).toBe(noop);
});

test("noop does nothing for every call", () => {
  noop.phase("a");
  noop.update({ current: 1 });
  noop.add();
  noop.note("a");
  noop.end();
  expect(noop.child("a")).toBe(noop);
  expect(noop).toMatchObject({ ended: true, rootId: "", nodeId: "" });
  expect(noop.snapshot()).toEqual({
    nodeId: "",
    name: "",
    kind: "run",
    status: "done",
    elapsedMs: 0,
    children: [],
    hidden: 0,
    failed: 0,
  });
});

test("noop.step() still runs its work and passes its outcome on", async () => {
  const failure = new Error("failed");
  expect(await noop.step("a", (progress) => progress === noop)).toBe(true);
  await expect(
    noop.step("a", () => {
      throw failure;
    }),
  ).rejects.toBe(failure);
});
