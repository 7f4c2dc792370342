import { expect, test, vi } from "vitest";
import { childEnvironment } from "../../src/checks/child-environment.ts";

test("childEnvironment() passes nothing on but what is given and what the platform needs", () => {
  vi.stubEnv("NODE_OPTIONS", "--require=/tmp/evil.js");
  vi.stubEnv("OPENAI_API_KEY", "a key");
  const names = Object.keys(childEnvironment({ MINE: "1" }));
  vi.unstubAllEnvs();
  const platform = ["SystemRoot", "windir", "TEMP", "TMP"];
  expect(names.filter((name) => !platform.includes(name))).toEqual(["MINE"]);
});
