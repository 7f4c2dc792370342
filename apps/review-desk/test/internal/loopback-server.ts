// A copy of scripts/internal/loopback-server.ts: change it there, then run scripts/sync-internal.ts.
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";

/** A server program for tests and measures, on the loopback, with a folder of its own. */
export interface LoopbackServer {
  readonly port: number;
  /** Resolves when it can be reached. */
  readonly start: () => Promise<void>;
  /** Sends a signal, and resolves when it has ended. Its folder stays. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
  /** Ends it, and removes its folder. */
  readonly remove: () => Promise<void>;
}

export interface LoopbackServerOptions {
  readonly folder: string;
  readonly program: string;
  readonly args: (port: number) => readonly string[];
  /** What it prints once it can be reached. */
  readonly readyText: string;
  /** Ends it, and its own processes, at once. */
  readonly quitSignal: NodeJS.Signals;
  readonly user?: Pick<SpawnOptions, "uid" | "gid">;
}

/** Somebody else may take a free port before the program does. */
const attempts = 5;

/** Starts a program on a free port. Nothing of it stays when this process ends, in order or not. */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { folder, program, args, readyText, quitSignal, user } = options;
  let port = 0;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, args(port), { ...user, stdio: ["ignore", "pipe", "pipe"] });
    await untilReady(child, readyText);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  const onExit = (): void => {
    child?.kill(quitSignal);
    removeFolder(folder);
  };
  process.once("exit", onExit);
  const remove = async (): Promise<void> => {
    await end(quitSignal);
    process.off("exit", onExit);
    removeFolder(folder);
  };
  for (let attempt = 1; ; attempt += 1) {
    port = await findFreePort();
    try {
      await start();
      return { port, start, end, remove };
    } catch (error) {
      if (attempt < attempts) continue;
      await remove();
      throw error;
    }
  }
}

/** A port of the loopback that nobody listens on. */
async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
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

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
