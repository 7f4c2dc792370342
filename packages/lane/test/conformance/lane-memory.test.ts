import { test } from "vitest";
import { laneConformance } from "../../src/conformance.ts";
import { createLane } from "../../src/index.ts";

const { supports } = createLane({ name: "any", maxConcurrent: 1 });

laneConformance(test, { supports, create: createLane });
