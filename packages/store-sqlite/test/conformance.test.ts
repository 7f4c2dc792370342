import { persistenceStoreConformance } from "@executus/lane/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";

persistenceStoreConformance(test, openForSuite);
