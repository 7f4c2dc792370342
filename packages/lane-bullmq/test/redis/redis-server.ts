import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { program } from "./redis-program.ts";

/** A Redis of its own: a folder, a port on the loopback. */
export interface RedisServer {
  readonly url: string;
  start(): Promise<void>;
  /** Without a word to anybody. */
  kill(): Promise<void>;
  /** Stops it and removes everything. */
  remove(): Promise<void>;
}

/** Makes a server and starts it. @param isDurable if it writes an append-only file, each change at once */
export async function createRedis(
  isDurable: boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "lane-bullmq-"));
  const port = await findFreePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: isDurable ? "yes" : "no",
    appendfsync: "always",
    "maxmemory-policy": "noeviction",
    ...more,
  };
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    child = spawn(program ?? "", args, { stdio: ["ignore", "pipe", "pipe"] });
    await untilReady(child);
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  // A run that is broken off ends no hooks; nothing of it stays all the same.
  const onExit = (): void => {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    async remove() {
      await kill();
      process.off("exit", onExit);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}: ${log}`)));
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-4_000);
      if (log.includes("eady to accept connections")) resolve();
    });
  });
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
