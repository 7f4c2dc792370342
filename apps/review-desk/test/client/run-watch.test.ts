import { expect, test } from "vitest";
import { cleanText } from "../../src/cli/clean-text.ts";
import { placementText, progressText } from "../../src/cli/placement-text.ts";
import { RunWatch } from "../../src/cli/run-watch.ts";

test("placementText() counts from 1 and says what is known", () => {
  expect(placementText({ state: "queued", position: 1, etaMs: 2_900 })).toBe("position 2, ~3 s");
  expect(placementText({ state: "queued", position: 0, etaMs: 20 })).toBe("position 1, ~1 s");
  expect(placementText({ state: "queued", position: 4, waitingFor: "hold" })).toBe(
    "position 5, the lane is held",
  );
  expect(placementText({ state: "queued" })).toBe("waiting");
});

test("progressText() says how far it is, and nothing of time at the end", () => {
  expect(progressText({ current: 3, total: 8, etaMs: 4_100 })).toBe("3 of 8 cells, ~4 s");
  expect(progressText({ current: 8, total: 8, etaMs: 4_100 })).toBe("8 of 8 cells");
  expect(progressText({})).toBe("0 cells");
});

test("RunWatch says each thing once, and how far it is once a second", () => {
  const lines: string[] = [];
  let now = 0;
  const watch = new RunWatch(
    (line) => lines.push(line),
    () => now,
  );
  const progress = (current: number, more: object = {}): void =>
    watch.event({ type: "progress", progress: { type: "progress", current, total: 9, ...more } });
  watch.placement({ state: "queued", position: 0 });
  watch.placement({ state: "queued", position: 0 });
  watch.event({ type: "run-started" });
  progress(1);
  progress(2);
  now = 1_000;
  progress(3);
  progress(4, { parentId: "x" });
  progress(9);
  expect(lines).toEqual(["position 1", "running", "1 of 9 cells", "3 of 9 cells", "9 of 9 cells"]);
});

test("RunWatch shows notes of any part of the run on one clean line", () => {
  const lines: string[] = [];
  const watch = new RunWatch((line) => lines.push(line));
  watch.event({ type: "progress", progress: { type: "note", parentId: "r1", message: "a\u001B[2J\nb" } });
  expect(lines).toEqual(["a [2J b"]);
});

test("cleanText() keeps lines and their indents, and nothing that drives a terminal", () => {
  expect(cleanText("a\r\n  b\tc\u001B[2J\u202Ed\n\n")).toBe("a\n  b c [2J d");
});
