import { fairnessOf, quantileOf } from "./figures.ts";
import type { SoakPlan } from "./plan.ts";
import type { SoakOutcome } from "./soak.ts";

/** The heap may grow by so much from half-way on: what is kept of runs is bounded by those that are open. */
const slackBytes = 8 * 1024 * 1024;
const maxProblems = 20;

/** What does not hold, a line each; empty if all does. */
export function problemsOf({ problems, heapBytes, exitCode }: SoakOutcome): readonly string[] {
  const found = [...problems];
  if (exitCode !== 0) found.push(`the desk ended with ${exitCode}`);
  if (heapBytes.end > heapBytes.warm + slackBytes)
    found.push(`the heap grew from ${megabytes(heapBytes.warm)} to ${megabytes(heapBytes.end)} MB`);
  return found;
}

/** The outcome for people. */
export function soakReport(plan: SoakPlan, outcome: SoakOutcome): string {
  const { runs, tookMs, heapBytes, repeats } = outcome;
  const byCaller = Map.groupBy(runs, ({ caller }) => caller);
  const waits = [...byCaller.values()].map((own) => own.flatMap(({ waitMs }) => waitMs ?? []));
  const medians = waits.map((own) => quantileOf(own, 0.5));
  const tails = waits.map((own) => quantileOf(own, 0.99));
  const means = waits.map((own) => own.reduce((sum, wait) => sum + wait, 0) / Math.max(1, own.length));
  const count = (state: string): number => runs.filter((run) => run.state === state).length;
  const problems = problemsOf(outcome);
  return [
    `${plan.callers} callers, ${plan.runs} runs, ${plan.kills} kills, seed ${plan.seed}`,
    `runs: ${count("finished")} finished, ${count("cancelled")} cancelled, ${count("failed")} failed, ${count("open")} open`,
    `${(runs.length / (tookMs / 1_000)).toFixed(1)} runs per second, over ${(tookMs / 1_000).toFixed(1)} s with the restarts`,
    `wait of a caller: p50 ${range(medians)} ms, p99 ${range(tails)} ms (least, median, most of the callers)`,
    `fairness of the mean waits (Jain): ${fairnessOf(means).toFixed(3)}`,
    `heap: ${megabytes(heapBytes.warm)} MB half-way through the last process, ${megabytes(heapBytes.end)} MB at the end`,
    `messages that came again under their key: ${repeats}`,
    ...(problems.length === 0 ? ["nothing lost, nothing doubled"] : problems.slice(0, maxProblems)),
    "",
  ].join("\n");
}

function range(values: readonly number[]): string {
  return [0, 0.5, 1].map((share) => Math.round(quantileOf(values, share))).join(" / ");
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
