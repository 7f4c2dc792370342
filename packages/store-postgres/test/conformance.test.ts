import { persistenceStoreConformance } from "@executus/lane/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();

persistenceStoreConformance(test, () => openForSuite(url()));
