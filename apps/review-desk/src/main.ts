#!/usr/bin/env node
import { nodeProblem } from "./cli/node-version.ts";

process.exitCode = await main();
// A review that was stopped may leave a request behind that ignores its signal: it must not hold the shell.
setTimeout(() => process.exit(), 300).unref();

/** What an older Node cannot even load is loaded only by one that will do. */
async function main(): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`review-desk: ${problem}\n`);
    return 2;
  }
  const { runCommandLine } = await import("./cli/command-line.ts");
  return runCommandLine(process.argv.slice(2));
}
