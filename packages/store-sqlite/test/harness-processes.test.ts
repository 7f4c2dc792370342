import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore, type RunRow, type SqliteStore } from "../src/index.ts";
import { runFixture, type RunningFixture } from "./run-fixture.ts";
import { temporaryFile } from "./temporary-file.ts";

interface Arrived {
  readonly text: string;
  readonly files: readonly (readonly [name: string, content: string])[];
}

interface World {
  readonly file: string;
  readonly notes: string;
  readonly url: string;
  /** What arrived, by its key: what comes again under one is dropped, as it must be the same. */
  readonly arrived: ReadonlyMap<string, Arrived>;
}

async function makeWorld(): Promise<World> {
  const file = await temporaryFile();
  const arrived = new Map<string, Arrived>();
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
    const { key, ...message } = JSON.parse(body) as Arrived & { readonly key: string };
    const known = JSON.stringify(arrived.get(key) ?? message);
    // Another one under the same key is one message too many.
    arrived.set(known === JSON.stringify(message) ? key : `${key} again`, message);
    response.end();
  };
  // Whoever sends may die in the middle.
  const server = createServer(
    (request, response) => void receive(request, response).catch(() => response.destroy()),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { file, notes: join(dirname(file), "notes"), url: `http://127.0.0.1:${port}`, arrived };
}

function boot({ file, notes, url }: World, runCount: number, deathPoint = "never"): RunningFixture {
  return runFixture("run-harness.ts", file, notes, url, deathPoint, String(runCount));
}

async function readNotes({ notes }: World, word: string): Promise<string[]> {
  const text = await readFile(notes, "utf8").catch(() => "");
  return text
    .split("\n")
    .flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
}

function timesOf(names: readonly string[], name: string): number {
  return names.filter((each) => each === name).length;
}

/** The cells that are done, as they are noted when they start. */
async function storedCells(store: SqliteStore): Promise<string[]> {
  const roots = await store.listRuns({ roots: true });
  const cells = roots.map(async ({ runId }) =>
    (await store.listRunCells(runId)).map(({ cell }) => `${runId} ${cell}`),
  );
  return (await Promise.all(cells)).flat();
}

/** What must be so when the last process has come to its end, however many died before it. */
async function checkBooks(world: World, accepted: ReadonlySet<string>, deaths: number): Promise<RunRow[]> {
  await using store = await openSqliteStore({ file: world.file });
  const rows = await store.listRuns();
  const ids = rows.map(({ runId }) => runId);
  expect(ids).toEqual(expect.arrayContaining([...accepted]));
  expect(rows.filter(({ state }) => state === "open")).toEqual([]);
  expect([await store.listQueuedJobs("default"), await store.listRunningJobs("default")]).toEqual([[], []]);
  const starts = await readNotes(world, "started");
  const roots = rows.filter(({ parentRunId }) => parentRunId === undefined);
  for (const { runId, agent, parentRunId } of rows) {
    const isOnce = parentRunId !== undefined || agent === "once";
    expect([runId, timesOf(starts, runId)]).toEqual([
      runId,
      expect.toSatisfy((n) => n <= (isOnce ? 1 : deaths + 1)),
    ]);
  }
  const interrupted = expect.stringMatching(/\(HARNESS_INTERRUPTED\)$/);
  for (const { runId, agent, state } of roots) {
    const { text, files = [] } = world.arrived.get(`${runId}/0/0`) ?? {};
    expect([agent, state, text]).toEqual(
      state === "finished"
        ? [agent, state, "0a 0b 1a 1b 2a 2b 1 2"]
        : [expect.stringMatching(/once|again/), "failed", interrupted],
    );
    const names = files.map(([name]) => name).toSorted();
    expect(names).toEqual(state === "finished" ? ["a.txt", "leaf-1.txt", "leaf-2.txt"] : []);
  }
  expect(world.arrived.size).toBe(roots.length);
  expect((await store.listDeliveries()).map(({ state }) => state)).toEqual(roots.map(() => "delivered"));
  return roots;
}

/** Between any two of these steps something else is true of a run that ends with a reply. */
const points = [
  "before recordRunResult 3",
  "after recordRunResult 3",
  "after putBlob 2",
  "after recordDeliveries 1",
  "after endRun 3",
  "after updateJobState 25",
  "after claimDelivery 1",
  "after send 1",
];

test.each(points)(
  "of a harness killed %s no run is lost, none is started twice, each has one last message, and done cells stay done",
  async (point) => {
    const world = await makeWorld();
    const killed = boot(world, 1, point);
    const accepted = new Set(await killed.lines());
    expect(killed.process.signalCode).toBe("SIGKILL");
    const store = await openSqliteStore({ file: world.file });
    const done = await storedCells(store);
    const before = await readNotes(world, "cell");
    await store.close();
    const next = boot(world, 1);
    for (const runId of await next.lines()) accepted.add(runId);
    expect(next.process.exitCode).toBe(0);
    const roots = await checkBooks(world, accepted, 1);
    expect(roots).toHaveLength(2);
    expect(roots.find(({ agent }) => agent === "again")).toMatchObject({ state: "finished" });
    const again = (await readNotes(world, "cell")).slice(before.length);
    expect(again.filter((cell) => done.includes(cell))).toEqual([]);
  },
);

test("of harnesses that are killed one after the other, at named points and at any moment, no run is lost, none is started twice, each has one last message", async () => {
  const world = await makeWorld();
  const accepted = new Set<string>();
  const deaths = [
    "before createRun 1",
    "after createRun 3",
    "before enqueueJob 1",
    "after enqueueJob 1",
    "after updateJobState 1",
    "never",
    "after putRunCell 5",
    "before appendRunEvents 2",
    "before endRun 1",
    "never",
    "before settleDelivery 1",
    "after deleteBlob 1",
  ];
  for (const [index, point] of deaths.entries()) {
    const killed = boot(world, index + 1, point);
    // Somewhere behind the first runs that it accepts, each time later.
    if (point === "never") {
      await killed.writes(1 + index);
      killed.process.kill("SIGKILL");
    }
    for (const runId of await killed.lines()) accepted.add(runId);
    expect([point, killed.process.signalCode]).toEqual([point, "SIGKILL"]);
  }
  const last = boot(world, deaths.length);
  for (const runId of await last.lines()) accepted.add(runId);
  expect(last.process.exitCode).toBe(0);
  expect(await checkBooks(world, accepted, deaths.length)).toHaveLength(2 * deaths.length);
});

test("two processes that run agents on one file start each run once, and each message arrives once", async () => {
  const world = await makeWorld();
  const both = [boot(world, 4), boot(world, 4)];
  const lines = await Promise.all(both.map((each) => each.lines()));
  expect(both.map(({ process }) => process.exitCode)).toEqual([0, 0]);
  const roots = await checkBooks(world, new Set(lines.flat()), 0);
  expect(roots.map(({ state }) => state)).toEqual(roots.map(() => "finished"));
  expect(roots).toHaveLength(8);
});
