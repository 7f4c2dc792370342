import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scenes } from "./model/lane-scene.ts";
import { playScene } from "./model/play-scene.ts";
import { propertyRuns } from "./internal/property-runs.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => vi.useRealTimers());

/** The long run, and making a trace shorter that failed, take a while on a machine that others use too. */
const timeout = 3_600_000;

test("a lane does what the model says in any trace, and leaves nothing behind", { timeout }, async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const play = async (scene: Parameters<typeof playScene>[0]): Promise<void> => {
    // Of a trace that failed before this one.
    vi.clearAllTimers();
    await playScene(scene);
    expect(unhandled.splice(0)).toEqual([]);
  };
  try {
    await fc.assert(fc.asyncProperty(scenes, play), propertyRuns("traces", 500, 10_000));
  } finally {
    process.off("unhandledRejection", note);
  }
});
