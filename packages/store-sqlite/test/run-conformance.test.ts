import { runStoreConformance } from "@executus/harness/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";

runStoreConformance(test, openForSuite);
