import { GuardError, type Reservation } from "@executus/dispatchguard";
import type { CellContext, Grid } from "@executus/fanout";
import { type CheckOptions, IdentityError, type Member, type Subject } from "@executus/identity";
import type { AttachInput, PendingFile } from "@executus/pendingattach";
import type { Progress } from "@executus/run";
import type { AnyAgent, CellOptions, ChildOptions, RunContext, SettingsReader } from "../agents/agent.ts";
import { dispatchChild } from "../children/dispatch-child.ts";
import { codeOf } from "./failure.ts";
import { fanOutCells } from "../children/fan-out-cells.ts";
import { reportProblem } from "../internal/logger.ts";
import type { LiveRun } from "./live-run.ts";
import type { Parts } from "../parts.ts";
import { requireObject } from "../require/require-argument.ts";
import { bagOf, progressOf, signalOf } from "./belongings.ts";
import { type RunLog, runLog } from "./run-log.ts";

/** The context of a run. What costs something is made when it is first asked for. */
export class ContextOfRun implements RunContext {
  readonly #parts: Parts;
  readonly #run: LiveRun;

  constructor(parts: Parts, run: LiveRun) {
    this.#parts = parts;
    this.#run = run;
  }

  get runId(): string {
    return this.#run.facts.runId;
  }

  get rootRunId(): string {
    return this.#run.facts.rootRunId;
  }

  get agent(): string {
    return this.#run.facts.agent.name;
  }

  get caller(): string {
    return this.#run.facts.caller;
  }

  get subject(): Subject | undefined {
    return this.#run.facts.subject;
  }

  get signal(): AbortSignal {
    return signalOf(this.#run);
  }

  get progress(): Progress {
    return progressOf(this.#parts, this.#run);
  }

  get log(): RunLog {
    return runLog(this.#parts.logger, { runId: this.runId, agent: this.agent });
  }

  get config(): SettingsReader | undefined {
    return this.#parts.config;
  }

  async member(): Promise<Member | undefined> {
    const { identity } = this.#parts;
    const { subject, signal } = this;
    return subject && (await identity?.member(subject, { signal }));
  }

  async attach(input: AttachInput): Promise<PendingFile> {
    const { events } = this.#parts;
    try {
      const file = await bagOf(this.#parts, this.#run).add(input, { signal: this.signal });
      const { name, mediaType, size } = file;
      events.run(this.runId, { type: "file-added", name, mediaType, size });
      return file;
    } catch (error) {
      const code = codeOf(error);
      const name = typeof input?.name === "string" ? input.name : undefined;
      if (code !== undefined) events.run(this.runId, { type: "file-rejected", name, code });
      throw error;
    }
  }

  dispatch(
    agent: AnyAgent | string,
    input: unknown,
    options: ChildOptions = {},
    // oxlint-disable-next-line typescript/no-explicit-any
  ): Promise<any> {
    return dispatchChild(this.#parts, this.#run, { agent, input, options });
  }

  fanout<T, M, R>(
    tasks: Iterable<T> | AsyncIterable<T>,
    targets: Iterable<M>,
    run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>,
    options: CellOptions<M, R> = {},
  ): Promise<Grid<R>> {
    return fanOutCells(this.#parts, this.#run, { tasks, targets, run, options });
  }

  async require(action: string, options: Pick<CheckOptions, "resource" | "fresh"> = {}): Promise<void> {
    requireObject(options, "Cannot require: 'options'");
    const { identity } = this.#parts;
    if (!identity) throw unconfigured(this.#parts);
    const { resource, fresh } = options;
    const onBehalfOf = agentSubjects(this.#run);
    await identity.require(this.subject, action, { resource, fresh, onBehalfOf, signal: this.signal });
  }

  reserve(budget: string, amount: number): Reservation {
    const held = this.#run.frame?.reserve(budget, amount);
    if (held === undefined) throw new TypeError("Cannot reserve: the run has not begun");
    if (held.code === undefined) return held;
    this.#parts.events.run(this.runId, { type: "guard-refused", target: budget, refusal: held });
    throw new GuardError(held);
  }
}

function agentSubjects(run: LiveRun): Subject[] {
  const subjects: Subject[] = [];
  for (let each: LiveRun | undefined = run; each; each = each.facts.parent) {
    const { subject } = each.facts.agent;
    if (subject) subjects.push(subject);
  }
  return subjects;
}

const told = new WeakSet<Parts>();

/** Said once a harness: an app that asks for rights and has nobody to give them is one that was not configured. */
function unconfigured(parts: Parts): IdentityError {
  const error = new IdentityError("IDENTITY_UNCONFIGURED", "It is not allowed: no identity is configured", {
    reason: "unconfigured",
  });
  if (!told.has(parts)) {
    told.add(parts);
    reportProblem(parts.logger, "Whatever an agent requires is denied", error);
  }
  return error;
}
