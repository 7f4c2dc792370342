/**
 * Kills workers that share a store until it is enough, and compares what was accepted with what was done.
 *
 * @module
 */
import { readCommandLine, usage } from "./command-line.ts";
import { crash } from "./crash.ts";
import type { MatrixOptions } from "./parent/run-matrix.ts";

const options = readOptions();
process.exitCode = options ? await crash(options, (line) => process.stdout.write(`${line}\n`)) : 2;

function readOptions(): MatrixOptions | undefined {
  try {
    return readCommandLine(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return undefined;
  }
}
