import type { OutMessage } from "@executus/deliver";
import { HarnessError } from "../errors.ts";
import { codeOf, endingOf, isLeft } from "./failure.ts";
import { reportProblem } from "../internal/logger.ts";
import { recordFailure, tell } from "../reply/last-message.ts";
import type { LiveRun } from "./live-run.ts";
import { keyName, type Parts } from "../parts.ts";
import { replyMessage, undeliverableMessage } from "../reply/reply.ts";
import { readResult, type RunResult, writeResult } from "../reply/result-text.ts";
import type { RunFailure, RunState } from "../store/run-store.ts";
import { isStartedElsewhere } from "./run-job.ts";
import { readBySchema } from "../agents/schema.ts";

/**
 * What follows on work that is done, each step before the next: the result is recorded, the reply is recorded, the run has ended.
 * Throws what makes a failure of it.
 */
export async function finishRun(parts: Parts, run: LiveRun, value: unknown): Promise<unknown> {
  const { agent, runId } = run.facts;
  const what = `The result of agent "${agent.name}" does not fit`;
  const output = await readBySchema(agent.output, value, "HARNESS_OUTPUT", what);
  const files = run.bag?.list().length ?? 0;
  const result: RunResult = { value: output, files, missing: missingFiles(run) };
  const text = writeResult(agent.name, result);
  // A reply that cannot be made is found out while the work can still fail.
  if (run.facts.destinations.length > 0) replyMessage({ ...result, runId, agent, value: output, files: [] });
  // Told to stop meanwhile: that has been recorded, or is about to be.
  if (!run.decide()) throw run.stopped?.reason ?? endedElsewhere(runId);
  let given: unknown;
  try {
    const kept = (await recordResult(parts, run, text)) ? result : await earlierResult(parts, run, result);
    given = kept.value;
    await sendReply(parts, run, kept);
  } catch (error) {
    leave(parts, run, error);
    throw error;
  }
  await recordEnd(parts, run, "finished");
  settle(parts, run, { state: "finished" });
  run.outcome.resolve(given);
  return given;
}

async function recordResult({ books }: Parts, { facts }: LiveRun, text: string): Promise<boolean> {
  return (await books?.recordResult(facts.runId, text)) ?? true;
}

/** An earlier start gave a result, but its files were lost with its process: the result stays, and has the files of this start. */
async function earlierResult({ books }: Parts, { facts }: LiveRun, now: RunResult): Promise<RunResult> {
  const row = facts.interruptions > 0 ? await books?.get(facts.runId) : undefined;
  if (row?.state !== "open" || row.result === undefined) throw endedElsewhere(facts.runId);
  return { ...now, value: readResult(row.result).value };
}

/** What follows on work that came to nothing. Only the first call for a run counts; never rejects. */
export async function failRun(parts: Parts, run: LiveRun, error: unknown): Promise<void> {
  if (!run.decide()) return;
  if (isLeft(error)) return leave(parts, run, error);
  const ending = endingOf(run.facts.agent.name, error, isStopped(run, error));
  if (ending.state === "failed" && codeOf(error) === undefined) {
    reportProblem(parts.logger, `Agent "${run.facts.agent.name}" failed in run "${run.facts.runId}"`, error);
  }
  let isOurs = true;
  try {
    if (await isStartedElsewhere(parts, run)) return leave(parts, run, error);
    const { runId, agent, destinations } = run.facts;
    // Who submitted a run that its lane does not take is told by that.
    const isAccepted = run.isRebuilt || run.job !== undefined || run.ticket !== undefined;
    const told = isAccepted ? destinations : [];
    isOurs = await recordFailure(parts, { runId, agent: agent.name, destinations: told, ...ending });
  } catch (problem) {
    reportProblem(parts.logger, `The end of run "${run.facts.runId}" is not recorded`, problem);
    parts.doubt(run.facts.runId);
  }
  await run.bag?.close("discard").catch(() => {});
  // Another process has told how it ended.
  if (!isOurs) return leave(parts, run, error);
  settle(parts, run, ending);
  run.outcome.reject(error);
}

/** The run is somebody else's now, or nobody knows how it stands: nothing is recorded, and it is looked at again. */
export function leave(parts: Parts, run: LiveRun, error: unknown): void {
  run.isDecided = true;
  forget(parts, run);
  run.bag?.close("discard").catch(() => {});
  run.progress?.end("cancelled");
  run.log.end();
  run.outcome.reject(error);
  if (parts.books && codeOf(error) !== "LANE_CLOSED") parts.doubt(run.facts.runId);
}

/** Hands the reply and the files to the outbox. */
async function sendReply(parts: Parts, run: LiveRun, result: RunResult): Promise<void> {
  const { runId, agent, destinations, parent } = run.facts;
  // A child's files move up, and its result goes to its parent.
  if (parent) return run.bag?.close("ok");
  if (destinations.length === 0) return run.bag?.close("discard");
  const { value, missing } = result;
  if (!run.bag) {
    const message = replyMessage({ runId, agent, value, files: [], missing });
    if (message) await recordOrSaySo(parts, run, message);
    return;
  }
  await run.bag.drain(
    async ({ files }) => {
      const message = replyMessage({ runId, agent, value, files, missing });
      if (message) await recordOrSaySo(parts, run, message);
    },
    { whenEmpty: "call" },
  );
}

/** A reply that can never be recorded as it is does not undo the work: its reader is told that it is missing. */
async function recordOrSaySo(parts: Parts, run: LiveRun, message: OutMessage): Promise<void> {
  const { runId, agent, destinations } = run.facts;
  let isTold: boolean;
  try {
    isTold = await tell(parts, destinations, message);
  } catch (error) {
    const code = codeOf(error);
    // Of a closed outbox the next boot has another.
    if (code === undefined || !code.startsWith("DELIVER_") || code === "DELIVER_CLOSED") throw error;
    parts.events.run(runId, { type: "delivery-refused", code });
    reportProblem(parts.logger, `The reply of run "${runId}" cannot be delivered`, error);
    isTold = await tell(parts, destinations, undeliverableMessage(runId, agent.name));
  }
  // A process that took this one for dead has told that the run failed.
  if (!isTold) throw endedElsewhere(runId);
}

/** The work is done and its reply is recorded: what cannot be written now is found out and written later. */
async function recordEnd(parts: Parts, run: LiveRun, state: "finished"): Promise<void> {
  const { runId } = run.facts;
  try {
    await parts.books?.end({ runId, state });
  } catch (error) {
    reportProblem(parts.logger, `The end of run "${runId}" is not recorded`, error);
    parts.doubt(runId);
  }
}

function settle(
  parts: Parts,
  run: LiveRun,
  end: { readonly state: Exclude<RunState, "open">; readonly failure?: RunFailure },
): void {
  const { runId, agent } = run.facts;
  run.end = end.state;
  run.progress?.end(end.state === "finished" ? "done" : end.state);
  parts.events.run(runId, { type: "run-ended", agent: agent.name, ...end });
  forget(parts, run);
  run.log.end();
}

/** This process holds the run no more. */
export function forget(parts: Parts, run: LiveRun): void {
  const { runId, agent, caller, key } = run.facts;
  if (parts.live.get(runId) === run) parts.live.delete(runId);
  if (key === undefined) return;
  const name = keyName(agent.name, caller, key);
  if (parts.keys.get(name) === run) parts.keys.delete(name);
}

function missingFiles({ bag }: LiveRun): RunResult["missing"] {
  return bag?.rejected().map(({ name, code }) => ({ name, code })) ?? [];
}

/** True if somebody asked for the end: through the run, its signal, its lane, or the run that it works for. */
function isStopped({ stopped, signal, job, ticket, frame, facts }: LiveRun, error: unknown): boolean {
  if (stopped || signal?.aborted) return true;
  const code = codeOf(error);
  if (code === "LANE_CANCELLED" || code === "LANE_ABORTED") return true;
  // A root's frame aborts also when its code is done.
  if (facts.parent && frame?.signal.aborted) return true;
  return job ? job.signal.aborted : ticket !== undefined;
}

function endedElsewhere(runId: string): HarnessError {
  return new HarnessError("HARNESS_ENDED_ELSEWHERE", `Run "${runId}" has ended in another process`);
}
