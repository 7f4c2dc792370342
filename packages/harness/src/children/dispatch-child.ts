import { callKey, type Frame, GuardError } from "@executus/dispatchguard";
import type { JobContext, Lane } from "@executus/lane";
import type { AnyAgent, ChildOptions } from "../agents/agent.ts";
import { findAgent } from "../agents/agent-table.ts";
import { HarnessError } from "../errors.ts";
import { runAsJob } from "./run-as-job.ts";
import { LiveRun } from "../run/live-run.ts";
import { laneOf, type Parts } from "../parts.ts";
import { childPrefix } from "../run/run-job.ts";
import { requireObject } from "../require/require-argument.ts";
import { failRun } from "../run/run-ends.ts";
import { workOn } from "../run/work-on.ts";
import { readBySchema } from "../agents/schema.ts";
import { type SlotHandover, slotHandover } from "./slot-handover.ts";
import { inTurn, isInTurn } from "./slot-turns.ts";
import { writeRun } from "../store/stored-run.ts";

export interface ChildCall {
  readonly agent: AnyAgent | string;
  readonly input: unknown;
  readonly options: ChildOptions;
}

/** Runs an agent below a run: refused at once or not at all, in its own lane, while the slot that asks is free. */
export async function dispatchChild(
  parts: Parts,
  parent: LiveRun,
  { agent: asked, input, options }: ChildCall,
): Promise<unknown> {
  const agent = findAgent(parts, asked, "dispatch");
  requireObject(options, `Cannot dispatch "${agent.name}": 'options'`);
  const { signal } = options;
  const target = { id: agent.name, key: callKey(input) };
  const slot = parts.slots.getStore() ?? parent.job;
  const sharesSlot = slot !== undefined && mustShareSlot(parts, parent, laneOf(parts, agent));
  // The call in flight may wait for the very turn that this code has.
  const mustNotJoin = options.onDuplicate === "join" && sharesSlot && isInTurn(slot);
  const onDuplicate = mustNotJoin ? "deny" : options.onDuplicate;
  const handover = slotHandover();
  const run = (frame: Frame): Promise<unknown> => {
    handover.begin();
    return runChild(parts, parent, { agent, input, frame, slot, untilFree: handover.untilFree });
  };
  try {
    const result = parts.guard.dispatch(target, run, { parent: parent.frame, onDuplicate, signal });
    if (sharesSlot) return await result;
    // What is refused, or comes to nothing before it can be queued, keeps the slot of who asks.
    await Promise.race([result, handover.untilAsked()]);
    // Also who joins a call in flight waits: it may need this very slot.
    return await whileFree(parts, slot, () => {
      handover.free();
      return result;
    });
  } catch (error) {
    if (error instanceof GuardError) tellRefusal(parts, parent, agent.name, error);
    throw error;
  } finally {
    // Where the slot could not be given back.
    handover.free();
  }
}

interface Child {
  readonly agent: AnyAgent;
  readonly input: unknown;
  readonly frame: Frame;
  /** Of the code that asks. */
  readonly slot: JobContext | undefined;
  readonly untilFree: SlotHandover["untilFree"];
}

async function runChild(
  parts: Parts,
  parent: LiveRun,
  { agent, input, frame, slot, untilFree }: Child,
): Promise<unknown> {
  const { caller, subject, rootRunId, priority } = parent.facts;
  parent.dispatches += 1;
  const runId = childId(parent, parent.dispatches);
  const read = await readBySchema(
    agent.input,
    input,
    "HARNESS_INPUT",
    `The input of agent "${agent.name}" does not fit`,
  );
  const given = { runId, jobId: runId, rootRunId, parent, agent, caller, subject, priority, key: undefined };
  const child = new LiveRun({ ...given, input: read, destinations: [], interruptions: 0 });
  child.frame = frame;
  await recordChild(parts, child, input);
  parts.live.set(runId, child);
  const told = { agent: agent.name, caller, lane: agent.lane, rootRunId, parentRunId: parent.facts.runId };
  parts.events.run(runId, { type: "run-accepted", ...told });
  try {
    return await startChild(parts, child, { slot, untilFree });
  } catch (error) {
    await failRun(parts, child, error);
    throw error;
  }
}

async function recordChild(parts: Parts, { facts }: LiveRun, input: unknown): Promise<void> {
  const { runId } = facts;
  const row = writeRun(facts, input);
  try {
    const created = await parts.books?.create(row);
    if (!created || created.created) return;
  } catch (error) {
    // It may be there all the same, and nobody else would end it.
    parts.doubt(runId);
    throw error;
  }
  throw new HarnessError("HARNESS_ENDED_ELSEWHERE", `Run "${runId}" is known already`);
}

async function startChild(
  parts: Parts,
  child: LiveRun,
  { slot, untilFree }: Pick<Child, "slot" | "untilFree">,
): Promise<unknown> {
  const { agent, runId, caller, priority, parent } = child.facts;
  const lane = laneOf(parts, agent);
  const { signal } = child.frame as Frame;
  if (slot && mustShareSlot(parts, parent as LiveRun, lane)) {
    child.inSlot = new AbortController();
    const either = AbortSignal.any([slot.signal, signal, child.inSlot.signal]);
    return inTurn(slot, either, (job) => workOn(parts, child, job));
  }
  const code = (job: JobContext): Promise<unknown> => workOn(parts, child, job);
  const onTicket = (ticket: NonNullable<LiveRun["ticket"]>): void => {
    child.ticket = ticket;
    // Told at once, also while its code runs on.
    void parts.outside(() => ticket.result.catch((error: unknown) => failRun(parts, child, error)));
  };
  const job = { id: runId, callerId: caller, priority, name: agent.name, code, onTicket };
  await untilFree();
  return runAsJob(lane, job, { signal });
}

/** On a lane that cannot give a slot back, who waits for another slot of it might wait for ever. */
function mustShareSlot(parts: Parts, parent: LiveRun, lane: Lane): boolean {
  if (!lane.supports.closures) return true;
  if (lane.supports.yield) return false;
  for (let each: LiveRun | undefined = parent; each; each = each.facts.parent) {
    if (laneOf(parts, each.facts.agent) === lane) return true;
  }
  return false;
}

/** Waits, and gives the slot back meanwhile where its lane can do that. */
export function whileFree<T>(
  { lanes }: Parts,
  slot: JobContext | undefined,
  wait: () => Promise<T>,
): Promise<T> {
  return slot && lanes[slot.lane]?.supports.yield === true ? slot.yieldWhile(wait) : wait();
}

/** Counted by the run that asks, so that it is known how they came. */
function childId({ facts: { runId, interruptions } }: LiveRun, count: number): string {
  return `${childPrefix(runId, interruptions)}${count}`;
}

function tellRefusal(parts: Parts, { facts }: LiveRun, target: string, { refusal }: GuardError): void {
  parts.events.run(facts.runId, { type: "guard-refused", target, refusal });
}
