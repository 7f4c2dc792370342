import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HarnessOrder } from "../harness/harness-order.ts";
import type { WorkerOrder } from "../plan/worker-order.ts";

/** How a worker came to its end. */
export interface WorkerEnd {
  /** By SIGKILL: its own or the parent's. */
  readonly wasKilled: boolean;
  /** What it said before: nothing, if all is well. */
  readonly complaint: string;
}

/** A worker as whoever started it sees it. */
export interface WorkerProcess {
  /** Resolves once it runs code of its own, or has ended before that. */
  readonly up: Promise<unknown>;
  readonly ended: Promise<WorkerEnd>;
  readonly kill: () => void;
  /** Stops the whole process, where the system can, until `thaw`. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

const laneProgram = join(import.meta.dirname, "../worker/worker-main.ts");
/** Where they are experimental, a worker has nothing to say about that. */
const flags = ["--conditions=@executus/source", "--disable-warning=ExperimentalWarning"];

/** @param folder for its errors, and for what was compiled: a worker that is to die soon shall start soon */
export function startWorker(
  order: WorkerOrder | HarnessOrder | undefined,
  folder: string,
  program: string = laneProgram,
): WorkerProcess {
  const errors = join(folder, `${order?.boot ?? "warm-up"}.err`);
  const file = openSync(errors, "w");
  const child = spawn(process.execPath, [...flags, program, JSON.stringify(order ?? null)], {
    stdio: ["pipe", "pipe", file],
    env: { ...process.env, NODE_OPTIONS: "", NODE_COMPILE_CACHE: join(folder, "..", "compiled") },
  });
  closeSync(file);
  const ended = endOf(child, errors);
  const up = child.stdout ? once(child.stdout, "data") : ended;
  const send = (signal: NodeJS.Signals): void => {
    if (signal === "SIGKILL" || process.platform !== "win32") child.kill(signal);
  };
  return {
    up: Promise.race([up, ended]),
    ended,
    kill: () => send("SIGKILL"),
    freeze: () => send("SIGSTOP"),
    thaw: () => send("SIGCONT"),
  };
}

async function endOf(child: ChildProcess, errors: string): Promise<WorkerEnd> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  const wasKilled = signal === "SIGKILL";
  const said = readFileSync(errors, "utf8").trim();
  return {
    wasKilled,
    complaint: wasKilled || code === 0 ? said : `${said}\nended with ${code ?? signal}`.trim(),
  };
}
