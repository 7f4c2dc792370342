import { expect, test } from "vitest";
import { formatDuration } from "../src/format-duration.ts";

test("formatDuration() gives at most two units, rounded down", () => {
  const [second, minute, hour] = [1000, 60_000, 3_600_000];
  expect(
    [
      -5,
      0,
      999,
      59.9 * second,
      minute,
      185 * second,
      hour - 1,
      2 * hour + 7 * minute,
      24 * hour,
      99 * hour,
    ].map(formatDuration),
  ).toEqual(["0s", "0s", "0s", "59s", "1m 00s", "3m 05s", "59m 59s", "2h 07m", "1d 00h", "4d 03h"]);
});
