import { describe, test } from "vitest";
import { laneConformance } from "../../src/conformance.ts";
import { clusterLane, limitedLane, middlingSupports, poorSupports } from "./lane-limited.ts";
import { changeContext, replaceMethods } from "./lane-wrong.ts";

describe("a lane that can do as little as a lane may", () => {
  laneConformance(test, {
    supports: poorSupports,
    create: (options, handlers) => limitedLane(poorSupports, options, handlers),
  });
});

describe("a lane with 8 levels, estimated positions and a cap for all processes, wrapped as the wrong ones are", () => {
  const openCluster = clusterLane(middlingSupports);
  laneConformance(test, {
    supports: middlingSupports,
    create: (options, handlers) => {
      const inner = openCluster(options, handlers);
      return replaceMethods(
        inner,
        changeContext(inner, () => ({})),
      );
    },
  });
});
