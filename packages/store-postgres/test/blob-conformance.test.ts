import { blobStoreConformance } from "@executus/pendingattach/conformance";
import { test } from "vitest";
import { openForSuite } from "./open-for-suite.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();

blobStoreConformance(test, () => openForSuite(url()));
