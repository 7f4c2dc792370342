import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Opened, openStore, useServer } from "./open-store.ts";
import { runFixture, type RunningFixture } from "./run-fixture.ts";

const { url } = useServer();
const messageCount = 3;
const keysOf = (name: string): string[] =>
  Array.from({ length: messageCount }, (_, index) => [`${name}-${index}/0`, `${name}-${index}/1`]).flat();

interface Places extends Opened {
  /** Where messages arrive. */
  readonly folder: string;
}

async function makePlaces(): Promise<Places> {
  const folder = await mkdtemp(join(tmpdir(), "store-postgres-arrived-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const opened = openStore(url());
  await opened.store.migrate();
  return { ...opened, folder };
}

const hourMs = 3_600_000;

/** The lease is short where somebody has to wait for the end of it. */
function deliver(
  { schema, folder }: Places,
  leaseMs: number,
  { name = "run", deathPoint = "never" } = {},
): RunningFixture {
  const counts = [messageCount, leaseMs].map(String);
  return runFixture("deliver-messages.ts", url(), schema, folder, deathPoint, name, ...counts);
}

/** The keys that arrived where repeats are not dropped, and those that arrived whole where they are. */
async function readArrived({ folder }: Places): Promise<{ plain: string[]; safe: string[] }> {
  const plain = await readFile(join(folder, "plain"), "utf8").catch(() => "");
  const safe: string[] = [];
  for (const name of (await readdir(folder)).filter((each) => each !== "plain")) {
    expect(await readFile(join(folder, name), "utf8")).toBe(`hello ${"x".repeat(300_000)}`);
    safe.push(decodeURIComponent(name));
  }
  return { plain: plain.split("\n").filter((line) => line !== ""), safe: safe.toSorted() };
}

/** Every message is there and has ended; what drops repeats has all, what does not has none twice, and says what is unknown. */
async function expectBalance(places: Places, keys: readonly string[]): Promise<void> {
  const rows = await places.store.listDeliveries();
  expect(rows.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
  const { plain, safe } = await readArrived(places);
  expect(safe).toEqual(keys.filter((key) => key.endsWith("/0")).toSorted());
  expect(plain.toSorted()).toEqual([...new Set(plain)].toSorted());
  for (const { key, channel, state } of rows) {
    if (channel === "safe") expect([key, state]).toEqual([key, "delivered"]);
    else if (plain.includes(key)) expect(["delivered", "unknown"]).toContain(state);
    // Nobody knows if it was sent: a person decides.
    else expect([key, state]).toEqual([key, "unknown"]);
  }
}

const steps = [
  "putBlob",
  "recordDeliveries",
  "claimDelivery",
  "send",
  "saveDelivery",
  "settleDelivery",
  "deleteBlob",
];
// The last are statements in the middle of a file, and at the end of one.
const points = [...steps.map((step) => `${step} 2`), "write_blob_chunk 4", "name_blob 2"];

test.each(points.flatMap((point) => [`before ${point}`, `after ${point}`]))(
  "of an outbox killed %s no message is lost, and none is sent twice",
  async (deathPoint) => {
    const places = await makePlaces();
    const killed = deliver(places, 200, { deathPoint });
    const recorded = await killed.ended;
    expect(killed.process.signalCode).toBe("SIGKILL");
    const keysLeft = (await places.store.listDeliveries()).map(({ key }) => key);
    expect(keysLeft).toEqual(expect.arrayContaining([...recorded]));

    const next = deliver(places, 200);
    expect(await next.ended).toEqual(keysOf("run"));
    expect(next.process.exitCode).toBe(0);
    await expectBalance(places, keysOf("run"));
  },
);

test.each(["after recordDeliveries 2", "after claimDelivery 1"])(
  "of two processes on one database, one of them killed %s, the other sends what is left, and nothing twice",
  async (deathPoint) => {
    const places = await makePlaces();
    const killed = deliver(places, 200, { name: "one", deathPoint });
    const other = deliver(places, 200, { name: "two" });
    const recorded = await killed.ended;
    expect(killed.process.signalCode).toBe("SIGKILL");
    expect(await other.ended).toEqual(keysOf("two"));
    expect(other.process.exitCode).toBe(0);
    const again = deliver(places, 200, { name: "one" });
    expect(await again.ended).toEqual(keysOf("one"));
    expect(keysOf("one")).toEqual(expect.arrayContaining([...recorded]));
    await expectBalance(places, [...keysOf("one"), ...keysOf("two")]);
  },
);

test("several processes that enqueue and send the same messages on one database send each once", async () => {
  const places = await makePlaces();
  // Nobody dies here: a lease that was over while its owner is slow would be another test.
  const runners = Array.from({ length: 3 }, () => deliver(places, hourMs));
  for (const runner of runners) {
    expect(await runner.ended).toEqual(keysOf("run"));
    expect(runner.process.exitCode).toBe(0);
  }
  const { plain, safe } = await readArrived(places);
  expect(plain.toSorted()).toEqual(keysOf("run").filter((key) => key.endsWith("/1")));
  expect(safe).toEqual(keysOf("run").filter((key) => key.endsWith("/0")));
  const states = (await places.store.listDeliveries()).map(({ state }) => state);
  expect(states).toEqual(keysOf("run").map(() => "delivered"));
});
