import { dedupeStoreConformance, outboxStoreConformance } from "@executus/deliver/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();

outboxStoreConformance(test, () => openForSuite(url()));
dedupeStoreConformance(test, () => openForSuite(url()));
