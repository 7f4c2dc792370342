/**
 * A sink that tells a run as events of AG-UI 1.0.
 *
 * @module
 */
import { requireFunction, requireString } from "./check-options.ts";
import { omitAbsent } from "./omit-absent.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";
import { StepNames } from "./step-names.ts";

/** An event of AG-UI, as JSON. Which fields it has depends on its type; those that do not apply are absent. */
export interface AgUiEvent {
  readonly type:
    | "RUN_STARTED"
    | "RUN_FINISHED"
    | "RUN_ERROR"
    | "SUBAGENT_STARTED"
    | "SUBAGENT_FINISHED"
    | "SUBAGENT_ERROR"
    | "STEP_STARTED"
    | "STEP_FINISHED"
    | "ACTIVITY_SNAPSHOT";
  readonly timestamp: number;
  readonly threadId?: string;
  readonly runId?: string;
  readonly protocolVersion?: "1.0";
  readonly outcome?: { readonly type: "success" | "cancelled" };
  readonly message?: string;
  readonly code?: "failed" | "cancelled";
  readonly name?: string;
  readonly subagentRunId?: string | undefined;
  readonly parentSubagentRunId?: string | undefined;
  readonly stepName?: string;
  readonly messageId?: string;
  readonly activityType?: "progress" | "note";
  readonly content?: Readonly<Record<string, unknown>>;
}

export interface AgUiOptions {
  readonly threadId: string;
  readonly runId: string;
  /** Writes the event as JSON, one line `data: …` of a server-sent stream. The protocol's encoder takes it as its `BaseEvent`. */
  readonly write: (event: AgUiEvent) => unknown;
}

interface OpenNode {
  /** The subagent that its events belong to: itself, if it is one. */
  readonly scope: string | undefined;
  /** Names of the steps that are open in the scope. */
  readonly names: StepNames;
  /** Of a step: the name that it was given there. */
  readonly stepName?: string;
  hasActivity: boolean;
}

type Run = Pick<AgUiOptions, "threadId" | "runId">;

/**
 * Tells the root as the run, nodes of kind `run` as subagents, the others as steps; a phase or progress as the node's
 * one activity, which has its last state when it ends; each note as an activity of its own. For one run: later ones are
 * ignored.
 *
 * @throws {TypeError} if an option is of the wrong type.
 */
export function agUi(options: AgUiOptions): Sink {
  const action = "Cannot create AG-UI sink";
  requireKnown(options, { threadId: true, runId: true, write: true }, `${action}: 'options'`);
  const { threadId, runId, write } = options;
  requireString(threadId, `${action}: 'threadId'`);
  requireString(runId, `${action}: 'runId'`);
  requireFunction(write, `${action}: 'write'`);
  const translator = new Translator({ threadId, runId });
  return {
    emit(event): unknown {
      const written = translator.translate(event).map((each) => write(each));
      // What `write` returns may be a promise: whoever calls the sink hears of its failure.
      return written.some((result) => result instanceof Promise) ? Promise.all(written) : undefined;
    },
  };
}

class Translator {
  readonly #run: Run;
  readonly #open = new Map<string, OpenNode>();
  #rootId: string | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  translate(event: ProgressEvent): AgUiEvent[] {
    if (event.type === "start") return this.#start(event);
    const node = event.rootId === this.#rootId ? this.#open.get(event.nodeId) : undefined;
    if (!node) return [];
    if (event.type === "note") return [activity(event, node)];
    if (event.type === "end") return this.#end(event, node);
    node.hasActivity = true;
    return [activity(event, node)];
  }

  #start({ nodeId, parentId, rootId, kind, name, ts: timestamp }: ProgressEvent): AgUiEvent[] {
    const names = new StepNames();
    if (parentId === undefined && this.#rootId === undefined) {
      this.#rootId = rootId;
      this.#open.set(nodeId, { scope: undefined, names, hasActivity: false });
      return [{ type: "RUN_STARTED", timestamp, ...this.#run, protocolVersion: "1.0" }];
    }
    const parent = rootId === this.#rootId ? this.#open.get(parentId ?? "") : undefined;
    if (!parent) return [];
    const { scope } = parent;
    if (kind === "run") {
      this.#open.set(nodeId, { scope: nodeId, names, hasActivity: false });
      const subagent = { name, subagentRunId: nodeId, parentSubagentRunId: scope };
      return [omitAbsent({ type: "SUBAGENT_STARTED", timestamp, ...subagent })];
    }
    const stepName = parent.names.take(name);
    this.#open.set(nodeId, { scope, names: parent.names, stepName, hasActivity: false });
    return [omitAbsent({ type: "STEP_STARTED", timestamp, stepName, subagentRunId: scope })];
  }

  #end(event: ProgressEvent, node: OpenNode): AgUiEvent[] {
    this.#open.delete(event.nodeId);
    const { name, status, ts: timestamp, message = status } = event;
    const { scope, names, stepName } = node;
    // A step has no outcome, so one that is no success is told by its activity.
    const last = node.hasActivity || status !== "done" ? [activity(event, node)] : [];
    if (stepName !== undefined) {
      names.release(name, stepName);
      return [...last, omitAbsent({ type: "STEP_FINISHED", timestamp, stepName, subagentRunId: scope })];
    }
    if (scope === undefined) return [...last, this.#endRun(event)];
    if (status === "done") return [...last, { type: "SUBAGENT_FINISHED", timestamp, subagentRunId: scope }];
    const code = status === "cancelled" ? status : "failed";
    return [...last, { type: "SUBAGENT_ERROR", timestamp, subagentRunId: scope, message, code }];
  }

  #endRun({ status, ts: timestamp, message = status }: ProgressEvent): AgUiEvent {
    if (status === "failed") return { type: "RUN_ERROR", timestamp, message };
    const outcome = { type: status === "cancelled" ? status : "success" } as const;
    return { type: "RUN_FINISHED", timestamp, ...this.#run, outcome };
  }
}

function activity(event: ProgressEvent, { scope }: OpenNode): AgUiEvent {
  const { type, nodeId, seq, ts: timestamp, name, status, message } = event;
  const { phase, current, total, unit, ratio, etaMs, level } = event;
  const isNote = type === "note";
  const state = { name, status, phase, current, total, unit, ratio, etaMs, message };
  return omitAbsent({
    type: "ACTIVITY_SNAPSHOT",
    timestamp,
    messageId: isNote ? `${nodeId}#${seq}` : nodeId,
    activityType: isNote ? "note" : "progress",
    content: omitAbsent(isNote ? { name, level, message } : state),
    subagentRunId: scope,
  });
}
