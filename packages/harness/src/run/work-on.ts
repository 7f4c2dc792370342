import type { Frame } from "@executus/dispatchguard";
import type { JobContext } from "@executus/lane";
import type { LiveRun } from "./live-run.ts";
import type { Parts } from "../parts.ts";
import { failRun, finishRun } from "./run-ends.ts";
import { inSpan } from "../events/tracer.ts";

/**
 * What the job of a run does. It returns when the agent's code has settled, whatever its caller was told before: the slot belongs
 * to that code.
 */
export async function workOn(parts: Parts, run: LiveRun, job: JobContext): Promise<unknown> {
  const { agent, runId, rootRunId, parent } = run.facts;
  run.job = job;
  // Told to stop before its code was entered.
  if (run.isDecided) throw run.stopped?.reason;
  parts.events.run(runId, { type: "run-started", agent: agent.name });
  let code: Promise<unknown> | undefined;
  const start = (frame: Frame): Promise<unknown> => {
    run.frame = frame;
    code = callAgent(parts, run, job);
    return code;
  };
  try {
    const facts = { runId, rootRunId, agent: agent.name, lane: agent.lane };
    return await inSpan(parts.tracer, facts, async () => {
      const value = await (parent && run.frame
        ? start(run.frame)
        : parts.guard.root(agent.name, start, { rootId: runId, signal: job.signal }));
      return finishRun(parts, run, value);
    });
  } catch (error) {
    await failRun(parts, run, error);
    await code?.catch(() => {});
    throw error;
  }
}

async function callAgent(parts: Parts, run: LiveRun, job: JobContext): Promise<unknown> {
  const context = parts.contextOf(run);
  return await parts.slots.run(job, () => run.facts.agent.run(context, run.facts.input));
}
