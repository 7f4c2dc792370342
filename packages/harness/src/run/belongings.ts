import type { PendingAttachments } from "@executus/pendingattach";
import { createProgress, type Progress, type Sink } from "@executus/run";
import type { LiveRun } from "./live-run.ts";
import type { Parts } from "../parts.ts";

/** A root stops with its frame, which knows of deadlines; a child's job follows its frame already. */
export function signalOf({ facts, frame, job }: LiveRun): AbortSignal {
  return ((facts.parent === undefined ? frame : job) ?? job ?? frame)?.signal as AbortSignal;
}

/** The bag of a run; a child's is one within its parent's. */
export function bagOf(parts: Parts, run: LiveRun): PendingAttachments {
  const { runId, parent } = run.facts;
  if (run.bag) return run.bag;
  run.bag = parent ? bagOf(parts, parent).child(runId) : parts.hub.open(runId);
  // Code that runs on after the end: nobody would close it later.
  if (run.isDecided) run.bag.close("discard").catch(() => {});
  return run.bag;
}

/** The progress of a run; a child's is a node within its parent's. */
export function progressOf(parts: Parts, run: LiveRun): Progress {
  const { runId, agent, parent } = run.facts;
  const { clock, logger, events } = parts;
  if (run.progress) return run.progress;
  if (parent) {
    run.progress = progressOf(parts, parent).child(agent.name, { kind: "run" });
  } else {
    const sink: Sink = { emit: (progress) => events.run(runId, { type: "progress", progress }) };
    run.progress = createProgress({ name: agent.name, rootId: runId, sinks: [sink], clock, logger });
  }
  return run.progress;
}
