import { isClean, type ScenarioResult } from "../parent/run-scenario.ts";

/** So many of each are shown. */
const maxShown = 10;

/** One line for a scenario, and below it what is wrong and where to look. */
export function scenarioLines(result: ScenarioResult): string[] {
  const { order, notes, verdict, tookMs, folder } = result;
  const name = `${order.store} ${order.scenario.name}`.padEnd(24);
  const { interrupted, interruptedBeforeStart, takenOver } = verdict;
  const figures = `interrupted ${interrupted}, interrupted before start ${interruptedBeforeStart}, taken over ${takenOver}`;
  const line = [`${name} ${countsOf([result])}`, figures, ...notes, `${(tookMs / 1_000).toFixed(1)} s`].join(
    "; ",
  );
  return isClean(result) ? [line] : [line, ...problemsOf(result), `  seed ${order.seed}, kept in ${folder}`];
}

/** The last line of a run. */
export function countsOf(results: readonly ScenarioResult[]): string {
  const sum = (count: (result: ScenarioResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return [
    `kills ${sum(({ kills }) => kills)}`,
    `accepted ${sum(({ verdict }) => verdict.accepted)}`,
    `lost ${sum(({ verdict }) => verdict.lost.length)}`,
    `started twice ${sum(({ verdict }) => verdict.startedTwice.length)}`,
    `left running ${sum(({ verdict }) => verdict.leftRunning.length)}`,
  ].join(", ");
}

function problemsOf({ verdict }: ScenarioResult): string[] {
  const { lost, startedTwice, leftRunning, faults } = verdict;
  const lists = { lost, "started twice": startedTwice, "left running": leftRunning };
  const named = Object.entries(lists).flatMap(([what, ids]) => ids.map((jobId) => `${what}: ${jobId}`));
  const all = [...named, ...faults];
  const shown = all.slice(0, maxShown).map((problem) => `  ${problem}`);
  return all.length > maxShown ? [...shown, `  and ${all.length - maxShown} more`] : shown;
}
