import { expect, test, vi } from "vitest";
import { outFile } from "../src/index.ts";
import type { OutboxEntry } from "../src/outbox.ts";
import { memoryOutboxStore } from "../src/outbox.ts";
import type { FarSide } from "./mortal-process.ts";
import { startProcess } from "./mortal-process.ts";

const destinations = ["a", "b"].map((to) => ({ channel: "far", to }));
const message = {
  key: "run-1/0",
  text: `${"x".repeat(64)}${"y".repeat(10)}`,
  files: [outFile("report.md", "# Report")],
};
const keys = ["run-1/0/0", "run-1/0/1"];
const whole = (to: string): FarSide["shown"] => [
  { to, text: "x".repeat(64), files: [] },
  { to, text: "y".repeat(10), files: ["# Report"] },
];

interface Life {
  readonly entries: readonly OutboxEntry[];
  readonly far: FarSide;
  readonly steps: number;
  readonly retried: FarSide["shown"];
}

/** A process that dies at a step, then another one on the same store, and at last a person who retries. */
async function live(dedupes: boolean, diesAt: number): Promise<Life> {
  let now = 0;
  const store = memoryOutboxStore({ clock: () => now });
  const far: FarSide = { dedupes, keys: [], shown: [] };
  const first = startProcess(store, far, diesAt);
  let recorded = false;
  first.outbox.start();
  void first.outbox.enqueue(destinations, message).then(() => (recorded = true));
  let ended = false;
  void Promise.all(
    keys.map(async (key) => {
      await vi.waitFor(() => expect(recorded).toBe(true), { timeout: 5_000, interval: 1 });
      return await first.outbox.settled(key);
    }),
  ).then(
    () => (ended = true),
    () => {},
  );
  await vi.waitFor(() => expect(ended || first.isDead()).toBe(true), { timeout: 5_000, interval: 1 });
  now += 10_000;
  const second = startProcess(store, far);
  second.outbox.start();
  // Who was not told that it is recorded says it again.
  if (!recorded) await second.outbox.enqueue(destinations, message);
  const entries = await Promise.all(keys.map((key) => second.outbox.settled(key)));
  const shown = [...far.shown];
  for (const { key, state } of entries) {
    if (state !== "delivered") await second.outbox.retry(key);
    await second.outbox.settled(key);
  }
  await second.outbox.close();
  return { entries, far: { ...far, shown }, steps: first.steps(), retried: far.shown };
}

const byDestination = ({ shown }: Pick<FarSide, "shown">, to: string): FarSide["shown"] =>
  shown.filter((each) => each.to === to);

test("outbox: a death at any step loses no reply and shows none twice where the transport dedupes", async () => {
  const { steps } = await live(true, Infinity);
  expect(steps).toBeGreaterThan(30);
  for (let diesAt = 1; diesAt <= steps; diesAt += 1) {
    const { entries, far } = await live(true, diesAt);
    for (const [index, { to }] of destinations.entries()) {
      expect([entries[index]?.state, byDestination(far, to)], `at ${diesAt}`).toEqual([
        "delivered",
        whole(to),
      ]);
    }
  }
}, 120_000);

test("outbox: a death at any step sends nothing again where the transport does not dedupe, and says unknown", async () => {
  const { steps } = await live(false, Infinity);
  let unknown = 0;
  for (let diesAt = 1; diesAt <= steps; diesAt += 1) {
    const { entries, far, retried } = await live(false, diesAt);
    for (const [index, { to }] of destinations.entries()) {
      const shown = byDestination(far, to);
      const state = entries[index]?.state;
      unknown += state === "unknown" ? 1 : 0;
      expect(["delivered", "unknown", "partial"], `at ${diesAt}`).toContain(state);
      expect(whole(to).slice(0, shown.length), `at ${diesAt}`).toEqual(shown);
      if (state === "delivered") expect(shown, `at ${diesAt}`).toEqual(whole(to));
      const again = byDestination({ shown: retried }, to);
      for (const part of whole(to)) expect(again, `at ${diesAt}, retried`).toContainEqual(part);
    }
  }
  expect(unknown).toBeGreaterThan(0);
}, 120_000);
