import { describe, test } from "vitest";
import { laneConformance } from "../../src/conformance.ts";
import { clusterLane, limitedLane, poorSupports, richSupports } from "./lane-limited.ts";

describe("a lane that can do as little as a lane may", () => {
  laneConformance(test, {
    supports: poorSupports,
    create: (options, handlers) => limitedLane(poorSupports, options, handlers),
  });
});

describe("a lane with 8 levels, estimated positions and a cap for all processes", () => {
  const supports = { ...richSupports, priorityLevels: 8, position: "estimate", capScope: "cluster" } as const;
  laneConformance(test, { supports, create: clusterLane(supports) });
});
