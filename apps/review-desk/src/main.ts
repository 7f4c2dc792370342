#!/usr/bin/env node
import { runCommandLine } from "./cli/command-line.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
// A review that was stopped may leave a request behind that ignores its signal: it must not hold the shell.
setTimeout(() => process.exit(), 300).unref();
