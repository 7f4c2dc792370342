import { dedupeStoreConformance, outboxStoreConformance } from "@executus/deliver/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";

outboxStoreConformance(test, openForSuite);
dedupeStoreConformance(test, openForSuite);
