import type { Job, JobContext } from "@executus/lane";
import { cancelLive } from "../cancel/cancel-run.ts";
import { harnessClosed } from "../errors.ts";
import { codeOf, isLeft } from "../run/failure.ts";
import { reportProblem } from "../internal/logger.ts";
import { LiveRun } from "../run/live-run.ts";
import { newRunId } from "./new-run-id.ts";
import { keyName, laneOf, type Parts } from "../parts.ts";
import { failRun, leave } from "../run/run-ends.ts";
import { mayBeElsewhere } from "../run/run-job.ts";
import type { RunRow } from "../store/run-store.ts";
import { settleAsStored } from "../store/stored-end.ts";
import { workOn } from "../run/work-on.ts";
import { readBySchema } from "../agents/schema.ts";
import { writeRun } from "../store/stored-run.ts";
import type { Submission } from "./submission.ts";

/** What a submit came to: a run of this process, or one that was there before. */
export type Accepted = { readonly run: LiveRun } | { readonly row: RunRow };

/** Asks whether it may be, records the run, and puts it into its lane. */
export async function acceptRun(parts: Parts, submission: Submission): Promise<Accepted> {
  const { agent, given, caller, subject, destinations, priority, key, signal } = submission;
  const what = `The input of agent "${agent.name}" does not fit`;
  const read = readBySchema(agent.input, given, "HARNESS_INPUT", what);
  const input = read instanceof Promise ? await read : read;
  if (parts.identity) await parts.identity.require(subject, `run:${agent.name}`, { signal });
  if (parts.closed.aborted) throw harnessClosed("submit");
  const runId = newRunId();
  const facts = { runId, jobId: runId, rootRunId: runId, parent: undefined, agent, caller, subject, input };
  const run = new LiveRun({ ...facts, destinations, priority, key, interruptions: 0 });
  run.signal = signal;
  parts.accepting.add(runId);
  try {
    const known = await recordRun(parts, run, given);
    if (known) return known;
    parts.live.set(runId, run);
  } finally {
    parts.accepting.delete(runId);
  }
  const told = { agent: agent.name, caller, lane: agent.lane, rootRunId: runId };
  parts.events.run(runId, { type: "run-accepted", ...told });
  // Another process may start it at once, and tell that.
  if (mayBeElsewhere(parts, run)) await parts.events.flush(parts.pollMs);
  return queueRun(parts, run);
}

/** Puts a run into its lane; if the lane does not take it, the run has failed. */
export async function queueRun(parts: Parts, run: LiveRun): Promise<Accepted> {
  const { agent, runId } = run.facts;
  try {
    if (run.stopped) throw run.stopped.reason;
    const options = run.signal ? { signal: run.signal } : {};
    run.ticket = await laneOf(parts, agent).submit(rootJob(parts, run), options);
  } catch (error) {
    const code = codeOf(error);
    // Another process found it without a job, and has queued it meanwhile; or it was accepted long ago, and waits for the next boot.
    const isTaken = code === "LANE_DUPLICATE" || (run.isRebuilt && code === "LANE_CLOSED");
    if (isTaken) leave(parts, run, error);
    else await failRun(parts, run, error);
    const row = isTaken ? await parts.books?.get(runId) : undefined;
    if (row) return { row };
    throw error;
  }
  const { ticket } = run;
  const ended = (): unknown => (run.isDecided ? undefined : settleAsStored(parts, run));
  void parts.outside(() => ticket.result.then(ended, (error: unknown) => failJob(parts, run, error)));
  await stopLate(parts, run);
  return { run };
}

/** Stops a run that somebody stopped before its lane knew the job. */
async function stopLate(parts: Parts, run: LiveRun): Promise<void> {
  try {
    if (run.stopped) await cancelLive(parts, run, run.stopped.reason);
  } catch (error) {
    reportProblem(parts.logger, `Run "${run.facts.runId}" cannot be stopped`, error);
  }
}

/** What follows on a job that did not come to its end. */
async function failJob(parts: Parts, run: LiveRun, error: unknown): Promise<void> {
  if (run.isDecided) return;
  // Of a run that was only asked for here, fenced is the process that worked it: how it goes on is in the store.
  const isUndecided = isLeft(error) && codeOf(error) !== "LANE_FENCED";
  if (!mayBeElsewhere(parts, run) || isUndecided) return failRun(parts, run, error);
  const { signal, stopped, outcome, facts } = run;
  if (signal?.aborted) {
    outcome.reject(error);
    await parts.books?.requestCancel(facts.runId).catch(() => {});
  } else if (stopped || codeOf(error) === "LANE_CANCELLED") {
    return failRun(parts, run, error);
  }
  // What the store says of the run counts, or what another start gives.
  return settleAsStored(parts, run);
}

/** The job of a root run: its id is the run's, and its name and id are all that it takes to build it again. */
function rootJob(parts: Parts, run: LiveRun): Job<unknown> {
  const { jobId, caller, priority, agent } = run.facts;
  const work = (job: JobContext): Promise<unknown> => workOn(parts, run, job);
  return { id: jobId, callerId: caller, priority, name: agent.name, run: work };
}

async function recordRun(parts: Parts, run: LiveRun, given: unknown): Promise<Accepted | undefined> {
  const { agent, caller, key } = run.facts;
  const row = writeRun(run.facts, given);
  if (parts.books) {
    const created = await parts.books.create(row);
    if (created.created) return undefined;
    const live = parts.live.get(created.run.runId);
    return live ? { run: live } : { row: created.run };
  }
  if (key === undefined) return undefined;
  const name = keyName(agent.name, caller, key);
  const known = parts.keys.get(name);
  if (known) return { run: known };
  parts.keys.set(name, run);
  return undefined;
}
