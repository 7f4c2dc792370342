import { expect, test } from "vitest";
import { asyncEachLimit, asyncMapLimit } from "../src/contestants/grid-async.ts";
import { columnCap, type GridContestant, totalCap } from "../src/contestants/grid-contestant.ts";
import { effectCells, effectNested, effectSemaphore, effectStream } from "../src/contestants/grid-effect.ts";
import {
  fanoutByKey,
  fanoutCells,
  fanoutHeard,
  fanoutStreamed,
  fanoutStreamedByKey,
} from "../src/contestants/grid-fanout.ts";
import { pMapCells, pMapNested, pMapStream } from "../src/contestants/grid-p-map.ts";
import {
  pLimitCells,
  pLimitStream,
  pLimitTwice,
  pQueueCells,
  pQueueTwice,
} from "../src/contestants/grid-queues.ts";
import { rawLoops, rawRing, rawStream } from "../src/contestants/grid-raw.ts";
import { VirtualClock } from "../src/drivers/virtual-clock.ts";

const cappedOnce = [
  rawLoops,
  asyncMapLimit,
  pMapCells,
  effectCells,
  pLimitCells,
  pQueueCells,
  fanoutCells,
  fanoutHeard,
];
const cappedTwice = [
  rawRing,
  pMapNested,
  effectNested,
  effectSemaphore,
  pLimitTwice,
  pQueueTwice,
  fanoutByKey,
];
const streams = [
  rawStream,
  asyncEachLimit,
  pMapStream,
  effectStream,
  pLimitStream,
  fanoutStreamed,
  fanoutStreamedByKey,
];

/** Runs 20 rows in virtual time: how often each cell ran, and the most that ran at a time. */
async function watch(columns: number, run: GridContestant["run"]) {
  const clock = new VirtualClock();
  const [cells, byColumn] = [new Map<string, number>(), new Map<number, number>()];
  let [running, most, mostInColumn] = [0, 0, 0];
  const work = async (row: number, column: number): Promise<void> => {
    const place = `${row},${column}`;
    cells.set(place, (cells.get(place) ?? 0) + 1);
    running += 1;
    byColumn.set(column, (byColumn.get(column) ?? 0) + 1);
    most = Math.max(most, running);
    mostInColumn = Math.max(mostInColumn, byColumn.get(column) ?? 0);
    await clock.sleep(1 + ((row * 7 + column * 3) % 5));
    running -= 1;
    byColumn.set(column, (byColumn.get(column) ?? 0) - 1);
  };
  await clock.passUntil(run({ rows: 20, columns }, work));
  return { places: cells.size, times: Math.max(...cells.values()), most, mostInColumn };
}

test.each(cappedOnce)(
  "$name runs every cell once, and as many at a time as the cap allows",
  async ({ run }) => {
    expect(await watch(40, run)).toMatchObject({ places: 800, times: 1, most: totalCap });
  },
);

test.each(cappedTwice)(
  "$name runs every cell once, and no more at a time than both caps allow",
  async ({ run }) => {
    expect(await watch(10, run)).toMatchObject({ places: 200, times: 1, mostInColumn: columnCap });
    // So many columns that the cap for all is the tighter one.
    const wide = await watch(40, run);
    expect(wide).toMatchObject({ places: 800, times: 1, most: totalCap });
    expect(wide.mostInColumn).toBeLessThanOrEqual(columnCap);
  },
);

test.each(streams)(
  "$name runs every cell once, no more at a time than the cap allows, and gives each",
  async ({ run }) => {
    let taken = 0;
    const watched = await watch(40, (shape, work) => run(shape, work, () => void (taken += 1)));
    expect(watched).toMatchObject({ places: 800, times: 1 });
    expect(watched.most).toBeLessThanOrEqual(totalCap);
    expect(taken).toBe(800);
  },
);

test("VirtualClock wakes sleepers in the order of their times, and says how much time has passed", async () => {
  const clock = new VirtualClock();
  const woken: string[] = [];
  const sleep = async (name: string, ...units: number[]): Promise<void> => {
    for (const each of units) await clock.sleep(each);
    woken.push(name);
  };
  const all = Promise.all([sleep("long", 9), sleep("twice", 2, 3), sleep("short", 4)]);
  expect(await clock.passUntil(all)).toBe(9);
  expect(woken).toEqual(["short", "twice", "long"]);
});
