/**
 * Kills workers that share a store until it is enough, and compares what was accepted with what was done.
 *
 * @module
 */
import { readCommandLine, usage } from "./command-line.ts";
import { type MatrixOptions, runMatrix } from "./parent/run-matrix.ts";
import { isClean } from "./parent/run-scenario.ts";
import { missedPoints } from "./report/missed-points.ts";
import { countsOf, scenarioLines } from "./report/report-lines.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) return 2;
  print([`seed ${options.seed}`]);
  const results = await runMatrix({ ...options, onResult: (result) => print(scenarioLines(result)) });
  const missed = options.names === undefined ? missedPoints(results) : [];
  print([...missed, countsOf(results)]);
  return missed.length === 0 && results.every(isClean) ? 0 : 1;
}

function readOptions(): MatrixOptions | undefined {
  try {
    return readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return undefined;
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
