import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { laneConformance, type LaneImplementation } from "../../src/conformance.ts";
import { createLane, type LaneSupports } from "../../src/index.ts";
import { middlingSupports, poorSupports, richSupports } from "./lane-limited.ts";
import { liar, type WrongLane } from "./lane-wrong.ts";
import { wrongCaps } from "./lane-wrong-caps.ts";
import { wrongCloses } from "./lane-wrong-closes.ts";
import { wrongEnds } from "./lane-wrong-ends.ts";
import { wrongOrders } from "./lane-wrong-orders.ts";
import { wrongPictures } from "./lane-wrong-pictures.ts";
import { wrongSubmits } from "./lane-wrong-submits.ts";
import { wrongTimes } from "./lane-wrong-times.ts";
import { wrongWaits } from "./lane-wrong-waits.ts";

const wrongLanes: readonly WrongLane[] = [
  wrongSubmits,
  wrongCaps,
  wrongOrders,
  wrongEnds,
  wrongTimes,
  wrongPictures,
  wrongWaits,
  wrongCloses,
].flat();

/** Some wrong lanes hang: then the deadline is what finds out. */
const deadlineMs = 3_000;

type Suite = Map<string, () => Promise<unknown>>;

/** The tests by title. Each resolves with what it failed with, or with undefined. */
function readSuite(implementation: LaneImplementation): Suite {
  const suite: Suite = new Map();
  const add = (title: string, run: () => Promise<void>): void => {
    if (suite.has(title)) throw new Error(`two tests are called "${title}"`);
    suite.set(title, () =>
      run().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
  };
  laneConformance(add, { deadlineMs, ...implementation });
  return suite;
}

function inTurn<T, U>(things: readonly T[], run: (thing: T) => U | Promise<U>): Promise<U>[] {
  let turn = Promise.resolve();
  return things.map((thing) => {
    turn = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn.then(() => run(thing));
  });
}

function titlesOf(supports: LaneSupports): string[] {
  return [...readSuite({ supports, create: createLane }).keys()];
}

test("every test of laneConformance() has a title of its own and a wrong lane that fails it", () => {
  const titles = new Set([richSupports, poorSupports, middlingSupports].flatMap(titlesOf));
  expect(new Set(wrongLanes.map(({ title }) => title))).toEqual(titles);
});

/** All at the same time: most of what they take is waiting. But one begins after the other, so that none waits for the rest. */
const outcomes = inTurn(wrongLanes, ({ title, ...lane }) => readSuite(lane).get(title)?.());

test.each(wrongLanes.map((lane, index) => ({ ...lane, index })))(
  "$title: fails a lane that $does",
  async ({ index }) => {
    // By an assertion: an error of another kind would be a mistake in the wrong lane itself.
    expect(await outcomes[index]).toMatchObject({ code: "ERR_ASSERTION" });
  },
);

const poorerClaims: readonly Partial<LaneSupports>[] = [
  ...(["closures", "yield", "deadlock", "aging", "callerCap", "rate"] as const).map((key) => ({
    [key]: false,
  })),
  { priorityLevels: 2 },
  { priorityLevels: 8 },
  { position: "estimate" },
  { position: false },
  { capScope: "cluster" },
];
const claims = poorerClaims.flatMap((less) => {
  const poorer = { ...richSupports, ...less };
  const what = JSON.stringify(less);
  return [
    { does: `says ${what} and can do more`, can: richSupports, supports: poorer },
    { does: `can do ${what} and says more`, can: poorer, supports: richSupports },
  ];
});

const claimed = inTurn(claims, ({ can, supports }) => {
  const known = new Set(titlesOf(can));
  const added = [...readSuite(liar("", "", can, supports))].filter(([title]) => !known.has(title));
  return Promise.all(added.map(([, run]) => run()));
});

test.each(claims.map((claim, index) => ({ ...claim, index })))(
  "every test that a wrong claim adds fails a lane that $does",
  async ({ index }) => {
    const failures = (await claimed[index]) as readonly ({ code?: string } | undefined)[];
    const codes = new Set(failures.map((failure) => failure?.code));
    codes.delete("LANE_UNSUPPORTED");
    codes.delete("ERR_ASSERTION");
    expect(failures).not.toEqual([]);
    expect(codes).toEqual(new Set());
  },
);

test("a ticket whose ignored result ends the process fails the suite", async () => {
  const program = `
    import { laneConformance } from ${JSON.stringify(import.meta.resolve("../../src/conformance.ts"))};
    import { createLane } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
    const { supports } = createLane({ name: "any", maxConcurrent: 1 });
    const create = (options) => {
      const lane = createLane(options);
      const submit = lane.submit.bind(lane);
      lane.submit = async (job) => {
        const { jobId, result } = await submit(job);
        return { jobId, result: result.then((value) => value), placement: () => lane.placement(jobId) };
      };
      return lane;
    };
    const test = (title, run) => {
      if (title.includes("ignored")) run().then(() => console.log("passed"), ({ code }) => console.log(code));
    };
    laneConformance(test, { supports, create });
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  expect(stdout).toBe("ERR_ASSERTION\n");
});
