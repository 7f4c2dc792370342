import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { makeTemporaryFolder } from "../measure/temporary-folder.ts";
import { findFreePort } from "./free-port.ts";
import { type Server, type SharedServer, shareServer } from "./shared-server.ts";
import { spawnServer } from "./spawn-server.ts";

const given = process.env["REDIS_URL"];
const program = findProgram("redis-server") ?? findProgram("valkey-server");

/** The server of `REDIS_URL`, or one that is started here. Undefined where there is none. */
export const redis: SharedServer | undefined =
  given || program ? shareServer(() => (given ? useRedis(given) : startRedis(program ?? ""))) : undefined;

async function useRedis(url: string): Promise<Server> {
  return { url, stop: async () => {} };
}

/** As BullMQ advises: what was written is on the disk within a second. */
async function startRedis(found: string): Promise<Server> {
  const folder = await makeTemporaryFolder();
  const port = await findFreePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "everysec",
    "maxmemory-policy": "noeviction",
  };
  const stop = await spawnServer({
    program: found,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    folder,
    readyText: "eady to accept connections",
    stopSignal: "SIGTERM",
  });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

function findProgram(name: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
