import { test } from "vitest";
import { laneConformance, type LaneImplementation } from "../../src/conformance.ts";
import { createLane, type JobContext } from "../../src/index.ts";
import { memoryStore, persistLane } from "../../src/persisted.ts";

const { supports } = createLane({ name: "any", maxConcurrent: 1 });
const store = memoryStore();

const create: LaneImplementation["create"] = (options, handlers) =>
  persistLane(createLane(options), store, {
    reconstruct: ({ name, metadata }) => {
      const run = handlers(name, metadata);
      return async (context: JobContext) => run(context);
    },
  });

laneConformance(test, { supports, create });
