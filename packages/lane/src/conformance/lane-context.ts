import assert from "node:assert/strict";
import type { Lane, LaneSupports } from "../lane.ts";
import type { LaneOptions } from "../options.ts";
import { jobBook, type LaneHandlers } from "./lane-jobs.ts";
import { openLane, type OpenLane } from "./lane-open.ts";
import { Waits, watchedLane } from "./lane-waits-for.ts";

/** What the suite asks of a lane at its creation. Those that `supports` does not name have to be taken. */
export interface LaneSuiteOptions extends Pick<
  LaneOptions,
  "name" | "maxConcurrentPerCaller" | "maxQueued" | "aging" | "rate" | "onEvent"
> {
  readonly maxConcurrent: number;
}

/** A kind of lane, as the suite gets it. */
export interface LaneImplementation {
  /** What its lanes say of themselves: every lane that the suite makes is compared with it. */
  readonly supports: LaneSupports;
  /**
   * Makes a lane. A lane that takes no closures runs what `handlers` gives for a job's name and metadata, in this process.
   * Names are used once, but for one test of `capScope`. Whatever the lane opens, its `close` has to close.
   */
  readonly create: (options: LaneSuiteOptions, handlers: LaneHandlers) => Lane | Promise<Lane>;
  /**
   * When a test is given up, in milliseconds. A test takes as long as the lane needs: this is about lanes that hang.
   * @default 20_000
   */
  readonly deadlineMs?: number | undefined;
}

/** What one test works with. */
export interface LaneContext {
  readonly supports: LaneSupports;
  /** A name that is met nowhere else. */
  readonly unique: (kind: string) => string;
  /** Makes a lane, by default of a name of its own and with one slot. */
  readonly open: (options?: Partial<LaneSuiteOptions>) => Promise<OpenLane>;
  /** Resolves when the condition holds; the test's deadline ends it else. */
  readonly until: (what: string, condition: () => boolean | Promise<boolean>) => Promise<void>;
  /** Resolves when some jobs have come and gone in another lane: what a lane would do wrongly, it has done by then. */
  readonly meanwhile: () => Promise<void>;
}

export type LaneTest = (title: string, run: (context: LaneContext) => Promise<void>) => void;

/** The context of one test, what it waits for now, and its end. */
export interface LaneTrial {
  readonly context: LaneContext;
  readonly waits: Waits;
  /** Lets all code settle and closes all lanes. */
  readonly end: () => Promise<void>;
}

export function laneTrial({ supports, create }: LaneImplementation): LaneTrial {
  const suffix = crypto.randomUUID();
  const opened: OpenLane[] = [];
  const waits = new Waits();
  let nameCount = 0;
  let isOver = false;
  let bystander: OpenLane | undefined;
  const unique = (kind: string): string => `${kind}-${(nameCount += 1)}-${suffix}`;
  const book = jobBook(unique);

  const until: LaneContext["until"] = async (what, condition) => {
    const done = waits.begin(what);
    while (!(await condition())) {
      assert.ok(!isOver, `the test ended before ${what}`);
      await pause();
    }
    done();
  };
  const open: LaneContext["open"] = async (options = {}) => {
    const lane = await create({ name: unique("lane"), maxConcurrent: 1, ...options }, book.handlers);
    const added = openLane(watchedLane(lane, waits), book, until);
    opened.push(added);
    assert.deepEqual({ ...lane.supports }, { ...supports }, "lane.supports is not what was declared");
    return added;
  };
  const meanwhile: LaneContext["meanwhile"] = async () => {
    bystander ??= await open();
    for (let turn = 0; turn < 3; turn += 1) {
      await bystander.lane.submitWait(bystander.newJob(() => turn));
      await pause();
    }
  };
  const end = async (): Promise<void> => {
    isOver = true;
    for (const { release } of opened) release();
    await Promise.all(opened.map(({ lane }) => lane.close({ graceMs: 0 })));
  };
  return { context: { supports, unique, open, until, meanwhile }, waits, end };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
