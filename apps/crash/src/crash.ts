import { type MatrixOptions, runMatrix } from "./parent/run-matrix.ts";
import { isClean } from "./parent/run-scenario.ts";
import { missedIn } from "./report/missed.ts";
import { countsOf, scenarioLines } from "./report/report-lines.ts";

/** Runs the matrix, prints a line for each scenario and the sum at the end, and resolves with the exit code. */
export async function crash(options: MatrixOptions, print: (line: string) => unknown): Promise<0 | 1> {
  print(`seed ${options.seed}`);
  const results = await runMatrix({
    ...options,
    onResult: (result) => {
      for (const line of scenarioLines(result)) print(line);
    },
  });
  const missed = missedIn(results);
  for (const line of missed) print(line);
  print(countsOf(results));
  return missed.length === 0 && results.every(isClean) ? 0 : 1;
}
