import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { dedupeStoreConformance, outboxStoreConformance } from "../src/conformance.ts";
import { memoryDedupeStore } from "../src/index.ts";
import { memoryOutboxStore } from "../src/outbox.ts";

const close = async (): Promise<void> => {};
outboxStoreConformance(test, async () => ({ store: memoryOutboxStore(), close }));
dedupeStoreConformance(test, async () => ({ store: memoryDedupeStore(), close }));

test("outboxStoreConformance() and dedupeStoreConformance() run under node:test too", async () => {
  const from = (path: string): string => JSON.stringify(import.meta.resolve(path));
  const program = `
    import { test } from "node:test";
    import { dedupeStoreConformance, outboxStoreConformance } from ${from("../src/conformance.ts")};
    import { memoryDedupeStore } from ${from("../src/index.ts")};
    import { memoryOutboxStore } from ${from("../src/outbox.ts")};
    const close = async () => {};
    outboxStoreConformance(test, async () => ({ store: memoryOutboxStore(), close }));
    dedupeStoreConformance(test, async () => ({ store: memoryDedupeStore(), close }));
  `;
  const args = ["--input-type=module", "--test-reporter=tap", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  let count = 0;
  const counting = (): void => void (count += 1);
  outboxStoreConformance(counting, () => expect.unreachable());
  dedupeStoreConformance(counting, () => expect.unreachable());
  expect(stdout).toContain(`# pass ${count}\n`);
}, 30_000);
