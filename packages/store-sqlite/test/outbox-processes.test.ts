import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type DeliveryRow, openSqliteStore } from "../src/index.ts";
import { runFixture, type RunningFixture } from "./run-fixture.ts";
import { temporaryFile } from "./temporary-file.ts";

const messageCount = 3;
const allKeys = Array.from({ length: messageCount }, (_, index) => [
  `run-${index}/0`,
  `run-${index}/1`,
]).flat();

interface Places {
  readonly file: string;
  readonly folder: string;
}

async function makePlaces(): Promise<Places> {
  const file = await temporaryFile();
  const folder = join(dirname(file), "arrived");
  await mkdir(folder);
  return { file, folder };
}

const hourMs = 3_600_000;

/** The lease is short where somebody has to wait for the end of it. */
function deliver({ file, folder }: Places, leaseMs: number, deathPoint = "never"): RunningFixture {
  const counts = [messageCount, leaseMs].map(String);
  return runFixture("deliver-messages.ts", file, folder, deathPoint, ...counts);
}

async function readRows({ file }: Places): Promise<DeliveryRow[]> {
  await using store = await openSqliteStore({ file });
  return await store.listDeliveries();
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

const points = [
  "putBlob",
  "recordDeliveries",
  "claimDelivery",
  "send",
  "settleDelivery",
  "deleteBlob",
].flatMap((step) => [`before ${step} 2`, `after ${step} 2`]);

test.each(points)("of an outbox killed %s no message is lost, and none is sent twice", async (point) => {
  const places = await makePlaces();
  const killed = deliver(places, 200, point);
  const recorded = await killed.lines();
  expect(killed.process.signalCode).toBe("SIGKILL");
  const keysLeft = (await readRows(places)).map(({ key }) => key);
  expect(keysLeft).toEqual(expect.arrayContaining(recorded));

  const next = deliver(places, 200);
  expect(await next.lines()).toEqual(allKeys);
  expect(next.process.exitCode).toBe(0);
  const rows = await readRows(places);
  expect(rows.map(({ key }) => key).toSorted()).toEqual(allKeys);
  const { plain, safe } = await readArrived(places);
  expect(safe).toEqual(allKeys.filter((key) => key.endsWith("/0")));
  expect(plain.toSorted()).toEqual([...new Set(plain)].toSorted());
  for (const { key, channel, state } of rows) {
    if (channel === "safe") expect([key, state]).toEqual([key, "delivered"]);
    else if (plain.includes(key)) expect(["delivered", "unknown"]).toContain(state);
    // Nobody knows if it was sent: a person decides.
    else expect([key, state]).toEqual([key, "unknown"]);
  }
});

test("several processes that enqueue and send the same messages on one file send each once", async () => {
  const places = await makePlaces();
  // Nobody dies here: a lease that was over while its owner is slow would be another test.
  const runners = Array.from({ length: 3 }, () => deliver(places, hourMs));
  for (const runner of runners) {
    expect(await runner.lines()).toEqual(allKeys);
    expect(runner.process.exitCode).toBe(0);
  }
  const { plain, safe } = await readArrived(places);
  expect(plain.toSorted()).toEqual(allKeys.filter((key) => key.endsWith("/1")));
  expect(safe).toEqual(allKeys.filter((key) => key.endsWith("/0")));
  expect((await readRows(places)).map(({ state }) => state)).toEqual(allKeys.map(() => "delivered"));
});
