import { expect, onTestFinished, test, vi } from "vitest";
import { newRunId } from "../src/submit/new-run-id.ts";

test("newRunId() gives UUIDs of version 7, each behind the one before, while the clock stands still and when it is set back", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const at = Date.now();
  const ids = Array.from({ length: 10_000 }, () => newRunId());
  vi.setSystemTime(at - 5_000);
  ids.push(newRunId());
  vi.setSystemTime(at + 5_000);
  ids.push(newRunId());
  expect(ids.at(-1)?.replace("-", "")).toMatch(new RegExp(`^${(at + 5_000).toString(16).padStart(12, "0")}`));
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
