import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import type { BullmqLaneOptions } from "../src/index.ts";
import { until } from "./open-lane.ts";

const script = join(import.meta.dirname, "fixtures/worker.ts");

/** Another process that takes part in a lane. */
export interface WorkerChild {
  /** What it has printed: `"started job-1"`. */
  readonly lines: readonly string[];
  readonly order: (line: string) => void;
  /** Resolves once it has printed this. */
  readonly said: (line: string) => Promise<void>;
  readonly ended: Promise<unknown>;
  readonly kill: () => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
}

/** Starts one and waits until it takes jobs. */
export async function startWorker(options: Omit<BullmqLaneOptions, "reconstruct">): Promise<WorkerChild> {
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  child.stdin.on("error", () => {});
  const said = (line: string): Promise<void> => until(() => lines.includes(line));
  await said("ready");
  const ended = once(child, "exit");
  return {
    lines,
    ended,
    said,
    order: (line) => void child.stdin.write(`${line}\n`),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}
