import type { CellContext, FanoutOptions, Grid } from "@executus/fanout";
import type { OnDuplicate, Reservation } from "@executus/dispatchguard";
import type { CheckOptions, Member, Subject } from "@executus/identity";
import type { AttachInput, PendingFile } from "@executus/pendingattach";
import type { Progress } from "@executus/run";
import type { RunLog } from "../run/run-log.ts";
import type { Schema } from "./schema.ts";

/** The text that is delivered, or the text and how it is written. */
export type Reply = string | { readonly text: string; readonly format?: "plain" | "markdown" | undefined };

export interface AgentOptions<I, O> {
  /** Unique in its harness. Stored with each run, so that a run is built again by it after a restart. */
  readonly name: string;
  /** Whose slots its runs take. @default "default" */
  readonly lane?: string | undefined;
  /** What may be asked: checked when a run is submitted, and again when it is built after a restart. @default any JSON */
  readonly input?: Schema<I> | undefined;
  /** What it may give: a run whose result does not fit fails. @default any JSON */
  readonly output?: Schema<O> | undefined;
  run(context: RunContext, input: I): O | PromiseLike<O>;
  /**
   * What becomes of a run whose process died while it ran. `"requeue"` starts it once more: only for work that may be done
   * twice. Its finished cells are kept, and so is its result, if only the files of its reply were lost. @default "fail"
   */
  readonly onInterrupted?: "fail" | "requeue" | undefined;
  /**
   * What is delivered of a result. It may be asked again after a restart, and must say the same.
   *
   * @default a string as it is, of an object its `text` if that is a string, and anything else as JSON
   */
  reply?(output: O): Reply;
  /** Who the agent is itself: then whatever it requires must be allowed to it as well as to who asked. @default nobody */
  readonly subject?: Subject | undefined;
}

/** An agent that a harness can run. */
export interface Agent<I = unknown, O = unknown> extends AgentOptions<I, O> {
  readonly lane: string;
  readonly onInterrupted: "fail" | "requeue";
}

/** Any agent, whatever it takes and gives. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyAgent = Agent<any, any>;

/** Settings by name, such as what `createConfig` of `@executus/config` makes. */
export interface SettingsReader {
  get(key: string): unknown;
}

export interface ChildOptions {
  /**
   * What the same agent with the same input is while it runs in this tree: refused, joined, or another call. Code that shares its
   * slot with others is refused instead of joined: the call in flight may wait for that very slot.
   * @default "deny"
   */
  readonly onDuplicate?: OnDuplicate | undefined;
  /** Stops the child, and rejects this call with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** As `fanout` of `@executus/fanout` takes them; what is kept of an earlier attempt is found by itself. */
export type CellOptions<M, R> = Omit<FanoutOptions<M, R>, "resume">;

/** What an agent's code is given. */
export interface RunContext {
  readonly runId: string;
  /** Of the run that began the tree. */
  readonly rootRunId: string;
  /** The agent's name. */
  readonly agent: string;
  /** The key of who asked, the same in the whole tree. */
  readonly caller: string;
  /** Who asked, if the caller was given as a subject. */
  readonly subject: Subject | undefined;
  /** Aborts when the run is cancelled, its time is over, or the harness closes and its grace has passed. */
  readonly signal: AbortSignal;
  /** Where the run stands, for those who watch; told as `progress` events. */
  readonly progress: Progress;
  readonly log: RunLog;
  /** The host's settings. */
  readonly config: SettingsReader | undefined;
  /** What the caller is where they come from; `undefined` if that is not known. */
  member(): Promise<Member | undefined>;
  /**
   * Takes a file that goes out with the reply.
   *
   * @throws {AttachError} why it was not taken
   */
  attach(input: AttachInput): Promise<PendingFile>;
  /**
   * Runs another agent below this one, for the same caller, and gives its result. This run's slot is free meanwhile; files of
   * the child become files of this run. It is refused before anything is awaited.
   *
   * @throws {GuardError} the refusal
   * @throws {HarnessError} `HARNESS_UNKNOWN_AGENT`, `HARNESS_INPUT`
   * @throws what the child throws
   */
  dispatch<I, O>(agent: Agent<I, O>, input: I, options?: ChildOptions): Promise<O>;
  dispatch(agent: string, input: unknown, options?: ChildOptions): Promise<unknown>;
  /**
   * Runs every task against every target, each cell as a job of this run's lane and caller, while this run's slot is free.
   * With a store, a run that is started again finds the cells that were done.
   */
  fanout<T, M, R>(
    tasks: Iterable<T> | AsyncIterable<T>,
    targets: Iterable<M>,
    run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>,
    options?: CellOptions<M, R>,
  ): Promise<Grid<R>>;
  /**
   * Goes on only if the caller may do it; agents on the way here that have a subject of their own must be allowed too.
   *
   * @throws {IdentityError} otherwise, and always where no identity is configured.
   */
  require(action: string, options?: Pick<CheckOptions, "resource" | "fresh">): Promise<void>;
  /**
   * Takes an amount out of a budget of the whole tree before it is used.
   *
   * @throws {GuardError} if there is not so much left
   */
  reserve(budget: string, amount: number): Reservation;
}
