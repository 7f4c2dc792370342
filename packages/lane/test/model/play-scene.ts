import { expect, vi } from "vitest";
import type { Job } from "../../src/index.ts";
import { Code } from "./code.ts";
import { LanePair, show, type Twin } from "./lane-pair.ts";
import type { JobStep, LaneStep, Scene, Submit } from "./lane-scene.ts";
import { isLive, type ModelJob } from "./model-job.ts";

/** Plays a scene on a lane and on the model, and compares the two after every burst of steps. */
export function playScene(scene: Scene): Promise<void> {
  return new ScenePlayer(scene).play();
}

class ScenePlayer {
  readonly #scene: Scene;
  readonly #pair: LanePair;
  readonly #beganAt = Date.now();
  readonly #controllers = [new AbortController(), new AbortController()];
  /** The highest cap since everything that was ready has happened. */
  #capSince: number;
  #submitted = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#pair = new LanePair(scene);
    this.#capSince = scene.cap;
  }

  async play(): Promise<void> {
    const { model, twins } = this.#pair;
    for (const step of this.#scene.steps) {
      if (step.act === "submit") this.#submit(step);
      else if ("at" in step) await this.#doToJob(step);
      else await this.#doToLane(step);
      if (step.isLast) await this.#compare();
    }
    await this.#doToLane({ act: "close", ms: 8 });
    await this.#pass(model.graceEndsAt - model.now);
    // All that runs has been told to stop: nothing happens until it is given up.
    const rest = Math.max(0, model.graceEndsAt + 999 - model.now);
    vi.advanceTimersByTime(rest);
    model.now += rest;
    await this.#pass(1);
    await this.#compare();
    for (const twin of twins) if (isLive(twin.job)) await this.#end(twin, "finished", twin.job.id);
    await this.#compare();
    expectSame(this.#pair.actualEnds(), this.#pair.expectedEnds());
  }

  async #settle(): Promise<void> {
    await this.#pair.settle();
    this.#capSince = this.#pair.model.cap;
  }

  async #compare(): Promise<void> {
    await this.#settle();
    expectSame(await this.#pair.actual(), this.#pair.expected());
  }

  #submit({ by, caller, priority, weight, obeys, signal, again, ...step }: Submit): void {
    const { model, twins, obeyed } = this.#pair;
    this.#submitted += 1;
    const earlier = again === undefined ? undefined : pick(twins.filter(isNamed), again);
    const id = by === "run" ? `llm#${model.jobs.length + 1}` : (earlier?.job.id ?? `job-${this.#submitted}`);
    // A slot that becomes free at an instant of its own could do so when a rate window ends.
    const timeoutMs = obeys && this.#scene.rate ? Number.POSITIVE_INFINITY : step.timeoutMs;
    const code: Code = new Code({
      obeys,
      entered: () => this.#entered(code, caller),
      obeyed: () => void obeyed.push(code),
    });
    const refusal = model.submit({ id, caller, priority, weight, timeoutMs });
    const job = {
      id,
      callerId: caller,
      priority: priority === 0 ? undefined : priority,
      weight: weight === 1 ? undefined : weight,
      timeoutMs: timeoutMs === Number.POSITIVE_INFINITY ? undefined : timeoutMs,
      run: code.run,
    };
    const controller = signal === undefined ? undefined : this.#controllers[signal];
    const result = this.#handIn(by, job, controller?.signal);
    if (refusal !== undefined) return this.#pair.expect(`submit ${id}`, result, refusal);
    const twin: Twin = {
      job: model.jobs.at(-1) as ModelJob,
      code,
      isKnown: by !== "run" || this.#scene.hasListener,
      controller,
      outcome: undefined,
      isIgnored: by === "ignored",
    };
    twins.push(twin);
    if (by === "ignored") return;
    result.then(
      (value) => void (twin.outcome = value),
      (error: unknown) => void (twin.outcome = show(error)),
    );
  }

  #handIn(by: Submit["by"], job: Job<string>, signal: AbortSignal | undefined): Promise<string> {
    const { lane } = this.#pair;
    if (by === "run") {
      const { id: _, run, ...options } = job;
      return lane.run(run, { ...options, signal });
    }
    if (by === "submitWait") return lane.submitWait(job, { signal });
    const ticket = lane.submit(job, { signal });
    return ticket.then(({ jobId, result }) => (by === "ignored" ? jobId : result));
  }

  /** What jobs' code can see by itself: that no more of it runs than the caps say. */
  #entered(code: Code, caller: string | undefined): void {
    const { entered, twins, faults } = this.#pair;
    const { callerCap = Number.POSITIVE_INFINITY } = this.#scene;
    entered.push(code);
    const running = twins.filter((twin) => twin.code.isRunning);
    const ofCaller = running.filter(({ job }) => job.caller === caller);
    if (running.length > this.#capSince) faults.push(`${running.length} run`);
    if (ofCaller.length > callerCap) faults.push(`${ofCaller.length} of ${caller} run`);
  }

  async #doToJob({ act, at }: JobStep): Promise<void> {
    if (act === "abort" || act === "cancel") return this.#stop(act, at);
    // Only code that has been entered can do something.
    await this.#settle();
    const { model, twins } = this.#pair;
    const state = act === "return" ? "yielded" : "running";
    const can = ({ job, code }: Twin): boolean =>
      act === "settle" ? code.context !== undefined : job.state === state;
    const twin = pick(twins.filter(can), at);
    if (twin === undefined) return;
    const { job, code } = twin;
    if (act === "finish") return this.#end(twin, "finished", job.id);
    if (act === "throw") return this.#end(twin, "failed", "thrown");
    if (act === "settle") code.context?.settleWeight((job.used = at % 8));
    if (act === "return") code.endWait(at % 2 === 1);
    if (act === "return") model.returns.push(Object.assign(job, { state: "returning" }));
    if (act === "yield") code.yield();
    if (act === "yield" && job.outcome === undefined) job.state = "yielded";
    model.fill();
    await this.#settle();
  }

  async #end({ job, code }: Twin, end: "finished" | "failed", outcome: string): Promise<void> {
    if (end === "finished") code.finish(outcome);
    else code.fail(outcome);
    this.#pair.model.end(job, end, outcome);
    await this.#settle();
  }

  async #stop(act: "abort" | "cancel", at: number): Promise<void> {
    const { model, lane, twins } = this.#pair;
    const id =
      pick(
        twins.filter(({ job, isKnown }) => isKnown || job.state !== "queued"),
        at,
      )?.job.id ?? "nobody";
    const job = model.jobs.find((each) => each.id === id && isLive(each));
    const isQueued = job?.state === "queued";
    const reason = at % 2 === 1 ? "stop" : undefined;
    const call = act === "abort" ? lane.abort(id, reason) : lane.cancel(id);
    const refusal = isQueued ? "LANE_NOT_RUNNING" : "LANE_NOT_QUEUED";
    const isRefused = isQueued === (act === "abort");
    this.#pair.expect(
      `${act} ${id}`,
      call,
      job === undefined ? "LANE_UNKNOWN_JOB" : isRefused ? refusal : "undefined",
    );
    if (job === undefined || isRefused) return;
    if (act === "abort") model.stop(job, reason ?? "LANE_ABORTED", true);
    else model.end(job, "cancelled", "LANE_CANCELLED");
    await this.#settle();
  }

  async #doToLane(step: LaneStep): Promise<void> {
    const { model, lane } = this.#pair;
    if (step.act === "cap") return this.#changeCap(step.cap);
    if (step.act === "signal") return this.#abortSignal(step.signal);
    if (step.act === "wait") return this.#pass(step.ms);
    if (step.act === "hold") {
      model.heldUntil = Math.max(model.heldUntil, model.now + step.ms);
      this.#pair.expect("hold", lane.holdUntil(this.#beganAt + model.now + step.ms, "429"), "undefined");
      return;
    }
    this.#pair.close(step.ms);
    await this.#settle();
  }

  #changeCap(cap: number): void {
    const { model, lane } = this.#pair;
    const isValid = cap === Number.POSITIVE_INFINITY || (Number.isInteger(cap) && cap >= 0);
    if (!this.#scene.isLive) {
      this.#pair.expect(`cap ${cap}`, lane.setMaxConcurrent(cap), isValid ? "undefined" : "RangeError");
    } else if (!model.isClosed) this.#pair.changeLimit(cap);
    else return;
    if (!isValid) return;
    model.cap = cap;
    model.fill();
    this.#capSince = Math.max(this.#capSince, cap);
  }

  /** Aborts a signal that jobs share; later ones share another. */
  async #abortSignal(signal: 0 | 1): Promise<void> {
    const { model, twins } = this.#pair;
    const controller = this.#controllers[signal];
    this.#controllers[signal] = new AbortController();
    controller?.abort("signal");
    for (const { job } of twins.filter((twin) => twin.controller === controller)) {
      if (job.state === "queued") model.end(job, "cancelled", "signal");
      else if (isLive(job)) model.stop(job, "signal", true);
    }
    await this.#settle();
  }

  async #pass(ms: number): Promise<void> {
    await this.#settle();
    for (let passed = 0; passed < ms; passed += 1) {
      const timers = vi.getTimerCount();
      vi.advanceTimersByTime(1);
      this.#pair.model.passMillisecond();
      if (timers > 0) await this.#settle();
    }
  }
}

function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}

/** True unless `run` made the job. */
function isNamed({ job }: Twin): boolean {
  return job.id.startsWith("job-");
}

function expectSame(actual: object, expected: object): void {
  expect(actual).toEqual(expected);
}
