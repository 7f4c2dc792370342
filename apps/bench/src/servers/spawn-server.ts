import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { removeTemporaryFolder } from "../measure/temporary-folder.ts";

export interface SpawnServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Of its own; removed with it. */
  readonly folder: string;
  /** What it prints once it can be reached. */
  readonly readyText: string;
  readonly stopSignal: NodeJS.Signals;
  readonly user?: Pick<SpawnOptions, "uid" | "gid"> | undefined;
}

/** Starts a program and waits until it can be reached. What it returns ends it and removes its folder. */
export async function spawnServer(options: SpawnServerOptions): Promise<() => Promise<void>> {
  const { program, args, folder, readyText, stopSignal, user } = options;
  const child = spawn(program, args, { ...user, stdio: ["ignore", "pipe", "pipe"] });
  // A run that is broken off stops nothing in order; nothing of it stays all the same.
  const onExit = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await untilReady(child, readyText);
  return async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(stopSignal);
      await ended;
    }
    process.off("exit", onExit);
    await removeTemporaryFolder(folder);
  };
}

async function untilReady(child: ChildProcess, readyText: string): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}: ${log}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        log = (log + chunk).slice(-4_000);
        if (log.includes(readyText)) resolve();
      });
    }
  });
}
