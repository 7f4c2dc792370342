import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * Runs a check from the command line: `node scripts/check-x.ts [--root <folder>]`. Prints each problem on a line of
 * its own and sets exit code 1 if there is any; otherwise prints the summary.
 */
export async function runCheck(
  check: (root: string) => readonly string[] | Promise<readonly string[]>,
  summary: string,
): Promise<void> {
  const { values } = parseArgs({ options: { root: { type: "string" } } });
  try {
    const problems = await check(values.root ?? join(import.meta.dirname, "..", ".."));
    for (const problem of problems) console.error(problem);
    if (problems.length === 0) console.log(summary);
    else process.exitCode = 1;
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
