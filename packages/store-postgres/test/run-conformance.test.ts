import { runStoreConformance } from "@executus/harness/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();

runStoreConformance(test, () => openForSuite(url()));
