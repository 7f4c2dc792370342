import { test } from "vitest";
import { persistenceStoreConformance } from "../../src/conformance.ts";
import { memoryStore } from "../../src/persisted.ts";

persistenceStoreConformance(test, async () => ({ store: memoryStore(), close: async () => {} }));
