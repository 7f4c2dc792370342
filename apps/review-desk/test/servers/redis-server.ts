import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findFreePort } from "./free-port.ts";
import type { TestServer } from "./postgres-server.ts";

/** The server that all tests share, if there is one already. */
export const givenRedis: string | undefined = process.env["REDIS_URL"];

/** What starts one, where there is one. */
export const redisProgram: string | undefined = ["redis-server", "valkey-server"].flatMap(onPath)[0];

export const howToGetRedis = "install redis-server (apt-get install redis-server), or set REDIS_URL";

/** Makes a server and starts it. It is never killed itself, so it writes nothing. */
export async function createRedis(program: string, password?: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "review-desk-redis-"));
  const port = await findFreePort();
  const settings = { port: String(port), bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const all = { ...settings, ...(password !== undefined && { requirepass: password }) };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  // A run that is broken off ends no hooks; nothing of it stays all the same.
  const onExit = (): void => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await untilReady(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    async remove() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
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

function onPath(name: string): string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).filter(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
