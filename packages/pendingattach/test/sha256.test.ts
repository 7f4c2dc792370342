import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSha256 } from "../src/sha256.ts";
import { propertyRuns } from "./internal/property-runs.ts";

test.each([
  ["with node:crypto", globalThis],
  ["with WebCrypto alone", {}],
  ["in a runtime whose process has no built-in modules", { process: {} }],
])("createSha256() gives the digest of all blocks %s", async (_, host) => {
  const blocks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  const property = fc.asyncProperty(blocks, async (given) => {
    const hash = createSha256(host);
    for (const block of given) hash.update(block);
    expect(await hash.hex()).toBe(createHash("sha256").update(Buffer.concat(given)).digest("hex"));
  });
  await fc.assert(property, propertyRuns("digests", 50, 1_000));
});
