import { getEventListeners } from "node:events";
import { expect, vi } from "vitest";
import {
  createLane,
  type Lane,
  type LaneEvent,
  LaneError,
  type LaneStats,
  type Placement,
} from "../../src/index.ts";
import { tick } from "../gate.ts";
import { LaneModel } from "../lane-model.ts";
import type { Code } from "./code.ts";
import type { Scene } from "./lane-scene.ts";
import { isLive, type ModelJob } from "./model-job.ts";

const unlimited = Number.POSITIVE_INFINITY;

/** One job in both: its code in the lane, what the model says of it, and what its submitter sees. */
export interface Twin {
  readonly job: ModelJob;
  readonly code: Code;
  /** False while only its own code can learn its id. */
  readonly isKnown: boolean;
  /** Of the submitter's signal. */
  readonly controller: AbortController | undefined;
  /** What its promise has settled with, as `show` writes it. */
  outcome: string | undefined;
  /** Nobody reads what its promise settles with. */
  readonly isIgnored: boolean;
}

interface Call {
  readonly what: string;
  readonly expected: string;
  actual: string | undefined;
}

/** A lane and a model of it, to both of which the same happens, and that must say the same. */
export class LanePair {
  readonly lane: Lane;
  readonly model: LaneModel;
  readonly twins: Twin[] = [];
  readonly entered: Code[] = [];
  /** Code that has ended by itself, which the model does not know yet. */
  readonly obeyed: Code[] = [];
  readonly faults: string[] = [];
  #abandoned: readonly string[] | undefined;
  readonly #events: LaneEvent[] = [];
  readonly #calls: Call[] = [];
  readonly #scene: Scene;
  /** What the limit's function gives, and whom it tells of a change. */
  readonly #limit: { value: number; tell: () => void };

  constructor(scene: Scene) {
    const { cap, shares, turnsPerLevel, callerCap, maxQueued, maxQueuedPerCaller, rate } = scene;
    const callerWeight = (caller: string | undefined): number => shares[caller ?? ""] ?? 1;
    const limit = { value: cap, tell: (): void => {} };
    const subscribe = (changed: () => void): (() => void) => {
      limit.tell = changed;
      return () => {};
    };
    const bounds = { maxQueued: maxQueued ?? unlimited, maxQueuedPerCaller: maxQueuedPerCaller ?? unlimited };
    const rules = { ...bounds, turnsPerLevel, callerCap: callerCap ?? unlimited, rate: rate ?? [] };
    this.#scene = scene;
    this.#limit = limit;
    this.model = new LaneModel({ ...rules, shareOf: callerWeight }, cap);
    this.lane = createLane({
      name: "llm",
      maxConcurrent: scene.isLive ? Object.assign(() => limit.value, { subscribe }) : cap,
      maxConcurrentPerCaller: callerCap,
      maxQueued,
      maxQueuedPerCaller,
      callerWeight,
      aging: turnsPerLevel === unlimited ? false : { turnsPerLevel },
      rate,
      onEvent: scene.hasListener ? (event) => this.#events.push(event) : undefined,
      clock: () => Date.now(),
      logger: { warn: () => {} },
    });
  }

  changeLimit(cap: number): void {
    this.#limit.value = cap;
    this.#limit.tell();
  }

  /** Notes what a call of the lane must come to: its value, or its rejection as `show` writes it. */
  expect(what: string, call: Promise<unknown>, expected: string): void {
    const noted: Call = { what, expected, actual: undefined };
    this.#calls.push(noted);
    call.then(
      (value) => void (noted.actual = String(value)),
      (error: unknown) => void (noted.actual = show(error)),
    );
  }

  /** Lets everything that is ready happen. */
  async settle(): Promise<void> {
    this.obey();
    await tick();
    this.obey();
  }

  /** Tells the model of code that has ended by itself. */
  obey(): void {
    for (const code of this.obeyed.splice(0)) {
      const twin = this.twins.find((each) => each.code === code);
      if (twin) this.model.end(twin.job, "failed", "obeyed what it was not told");
    }
  }

  close(graceMs: number): void {
    const { model } = this;
    this.lane.close({ graceMs }).then(
      ({ abandoned }) => void (this.#abandoned = abandoned),
      (error: unknown) => void this.faults.push(show(error)),
    );
    if (model.isClosed) return;
    model.isClosed = true;
    model.graceEndsAt = model.now + graceMs;
    for (const job of model.in("queued")) model.end(job, "failed", "LANE_CLOSED");
    model.fill();
  }

  /** What can be seen of the lane and its jobs. */
  async actual(): Promise<object> {
    const { lane, twins, faults } = this;
    const known = this.#known().map(async ({ id }) => withoutEta(await lane.placement(id)));
    return {
      entered: this.entered.map((code) => twins.find((twin) => twin.code === code)?.job.id),
      running: twins.filter(({ code }) => code.isRunning).map(({ job }) => job.id),
      outcomes: twins.map(({ outcome }) => outcome),
      calls: this.#calls.map(({ what, actual }) => `${what}: ${actual}`),
      stats: await lane.stats(),
      placements: await Promise.all(known),
      abandoned: this.#abandoned,
      timersOfNobody: this.model.jobs.some(isLive) ? 0 : vi.getTimerCount(),
      faults,
    };
  }

  /** The same as the model has it. */
  expected(): object {
    const { model, twins } = this;
    return {
      entered: ids(model.starts),
      running: ids(model.in("running")),
      outcomes: twins.map(({ job, isIgnored }) => (isIgnored ? undefined : job.outcome)),
      calls: this.#calls.map(({ what, expected }) => `${what}: ${expected}`),
      stats: this.#stats(),
      placements: this.#known().map((job) => this.#placement(job)),
      abandoned: model.abandoned,
      timersOfNobody: 0,
      faults: [],
    };
  }

  /** Once nothing runs: what jobs' code was told, what the listener was, and what is left behind. */
  actualEnds(): object {
    const told = (type: LaneEvent["type"]): string[] =>
      this.#events.flatMap((event) => ("jobId" in event && event.type === type ? [event.jobId] : []));
    const ends = this.#events.flatMap((event) =>
      event.type === "job-ended" ? [`${event.end} ${event.jobId}`] : [],
    );
    return {
      reasons: this.twins.map(
        ({ code: { context } }) => context?.signal.aborted === true && show(context.signal.reason),
      ),
      queued: told("job-queued"),
      started: told("job-started"),
      ended: ends.toSorted(),
      timers: vi.getTimerCount(),
      listeners: this.twins.flatMap(({ controller }) =>
        controller ? getEventListeners(controller.signal, "abort") : [],
      ),
    };
  }

  expectedEnds(): object {
    const { jobs, starts } = this.model;
    const told = (ids: readonly string[]): readonly string[] => (this.#scene.hasListener ? ids : []);
    return {
      reasons: jobs.map(({ cancels, outcome }) => cancels !== undefined && outcome),
      queued: told(ids(jobs)),
      started: told(ids(starts)),
      ended: told(jobs.map(({ id, state }) => `${state} ${id}`)).toSorted(),
      timers: 0,
      listeners: [],
    };
  }

  /** Jobs whose placement can be asked for. */
  #known(): ModelJob[] {
    const known = this.twins.filter(({ job, isKnown }) => isLive(job) && (isKnown || job.state !== "queued"));
    return known.map(({ job }) => job);
  }

  #stats(): LaneStats {
    const { model } = this;
    const count = (...states: ModelJob["state"][]): number =>
      states.reduce((sum, state) => sum + model.in(state).length, 0);
    return {
      submitted: model.jobs.length,
      queued: count("queued"),
      running: count("running", "yielded", "returning"),
      yielded: count("yielded", "returning"),
      finished: count("finished"),
      cancelled: count("cancelled"),
      failed: count("failed"),
      maxConcurrent: model.cap,
    };
  }

  #placement(job: ModelJob): unknown {
    const { model } = this;
    const { callerCap, rate } = this.#scene;
    const { state, caller, weight } = job;
    if (state !== "queued") return { state: "running", exact: true };
    const isHeld = model.now < model.heldUntil;
    const isPlain = callerCap === undefined && rate === undefined;
    const position = model.order.turns(model.in("queued")).indexOf(job);
    let waitingFor: unknown = "cap";
    if (isHeld || model.cap === 0) waitingFor = "hold";
    else if (model.isCapped(caller)) waitingFor = "caller-cap";
    else if (callerCap !== undefined) waitingFor = expect.stringMatching(/^(turn|cap|rate)$/);
    else if (position > 0) waitingFor = "turn";
    else if (model.in("running").length < model.cap && model.isDelayed(weight)) waitingFor = "rate";
    const estimate: unknown = expect.any(Number);
    return {
      state,
      position: callerCap === undefined ? position : estimate,
      waitingFor,
      exact: isPlain && !isHeld,
    };
  }
}

function ids(jobs: readonly ModelJob[]): string[] {
  return jobs.map(({ id }) => id);
}

/** When a job starts is told only where it depends on others that run or go first. */
function withoutEta(placement: Placement | undefined): unknown {
  if (placement === undefined) return undefined;
  const { etaMs, ...rest } = placement;
  const isTold = rest.waitingFor === "turn" || rest.waitingFor === "cap";
  return etaMs === undefined || isTold ? rest : placement;
}

export function show(error: unknown): string {
  if (error instanceof LaneError) return error.code;
  return error instanceof Error ? error.name : String(error);
}
