import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { findOxlint } from "../../src/checks/oxlint-executable.ts";

test("findOxlint() finds the entry and the type checker for this platform", () => {
  const { entry, typeChecker } = findOxlint();
  expect([existsSync(entry), existsSync(typeChecker)]).toEqual([true, true]);
});

test("findOxlint() throws CHECK_UNAVAILABLE on a platform without a build", () => {
  expect(() => findOxlint("plan9-mips")).toThrowError(
    expect.objectContaining({
      code: "CHECK_UNAVAILABLE",
      message: "Cannot start oxlint: it is not installed for plan9-mips",
    }),
  );
});
