import { expect, test } from "vitest";
import { allowRoles, createIdentity, type MemberResolver } from "../src/index.ts";

const checks = 1_000_000;
const checksEach = 20;
const batch = 1_000;

async function heapUsed(): Promise<number> {
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise(setImmediate);
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

test(
  "a million checks of 50,000 subjects, of which some are revoked, keep no more than maxEntries",
  { timeout: 600_000 },
  async () => {
    expect(globalThis.gc).toBeTypeOf("function");
    const resolver: MemberResolver = { resolve: async (subject) => ({ subject, roles: ["admin"] }) };
    const identity = createIdentity({ policy: allowRoles({ admin: ["*"] }), resolver, maxEntries: 1_000 });
    const controller = new AbortController();
    const pass = async (from: number): Promise<void> => {
      const asked = Array.from({ length: batch }, async (_, index) => {
        const subject = { platform: "test", tenant: `${index % 10}`, id: `${from + index}` };
        // The first one asks, the others join or find what is kept.
        const signals = Array.from({ length: checksEach }, (_, check) =>
          check % 2 ? undefined : controller.signal,
        );
        await Promise.all(signals.slice(0, 2).map((signal) => identity.check(subject, "read", { signal })));
        for (const signal of signals.slice(2)) await identity.check(subject, "read", { signal });
        if (index % 2 === 0) identity.invalidate(subject);
      });
      await Promise.all(asked);
    };
    for (let from = 0; from < 20_000; from += batch) await pass(-from - batch);
    const before = await heapUsed();
    for (let from = 0; from < checks / checksEach; from += batch) await pass(from);
    const growth = (await heapUsed()) - before;
    // One that was remembered would be hundreds.
    expect(growth / checks).toBeLessThan(1);
    await identity.check({ platform: "test", id: "7" }, "read");
  },
);
