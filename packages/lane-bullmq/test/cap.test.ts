import { expect, test } from "vitest";
import { Cap } from "../src/cap.ts";
import type { LaneParts } from "../src/lane-parts.ts";

test("refresh() writes a cap again that Redis has refused, until it is in force, and then no more", async () => {
  let cap = 2;
  let refusals = 0;
  const written: unknown[] = [];
  const problems: unknown[] = [];
  const script = async (_name: string, value: unknown): Promise<void> => {
    written.push(value);
    refusals -= 1;
    if (refusals >= 0) throw new Error("READONLY");
  };
  const parts = {
    name: "llm",
    settings: { maxConcurrent: () => cap },
    link: { script },
    onError: (error: unknown) => problems.push(error),
  };
  const followed = new Cap(parts as unknown as LaneParts, cap);
  refusals = 2;
  cap = 5;
  for (let looks = 0; looks < 5; looks += 1) {
    followed.refresh();
    await new Promise(setImmediate);
  }
  expect(written).toEqual([5, 5, 5]);
  expect(problems).toHaveLength(2);
  expect(followed.known).toBe(5);
});
