// A copy of scripts/internal/redis-server.ts: change it there, then run scripts/sync-internal.ts.
import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { startLoopbackServer } from "./loopback-server.ts";

/** A Redis of its own: a folder, a port on the loopback. */
export interface RedisServer {
  readonly url: string;
  readonly start: () => Promise<void>;
  /** Without a word to anybody. */
  readonly kill: () => Promise<void>;
  /** Stops it and removes everything. */
  readonly remove: () => Promise<void>;
}

/** The server that all share, if there is one already. */
export const givenRedis: string | undefined = process.env["REDIS_URL"] || undefined;

/** What starts one, where there is one. */
export const redisProgram: string | undefined = ["redis-server", "valkey-server"].flatMap(onPath)[0];

export const hasRedis: boolean = givenRedis !== undefined || redisProgram !== undefined;

/** True if what needs a Redis must not be left out. */
export const isRedisRequired: boolean = (process.env["EXECUTUS_REQUIRE"] ?? "").split(",").includes("redis");

export const howToGetRedis = "install redis-server (apt-get install redis-server), or set REDIS_URL";

/** Makes a server and starts it. Without other settings it writes nothing to its folder. */
export async function createRedis(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  if (redisProgram === undefined) throw new Error(`Cannot start a Redis: ${howToGetRedis}`);
  const folder = mkdtempSync(join(tmpdir(), "executus-redis-"));
  const own = {
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: "no",
    "maxmemory-policy": "noeviction",
  };
  const args = Object.entries({ ...own, ...settings }).flatMap(([name, value]) => [`--${name}`, value]);
  const { port, start, end, remove } = await startLoopbackServer({
    folder,
    program: redisProgram,
    args: (port) => ["--port", String(port), ...args],
    readyText: "eady to accept connections",
    quitSignal: "SIGKILL",
  });
  return { url: `redis://127.0.0.1:${port}`, start, kill: () => end("SIGKILL"), remove };
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
