import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** The server that all tests share, if there is one already. */
export const givenUrl: string | undefined = process.env["REDIS_URL"];

/** What starts a server of a test's own. */
export const program: string | undefined = ["redis-server", "valkey-server"].flatMap(onPath)[0];

/** Tests that need any Redis run with either. */
export const hasRedis: boolean = givenUrl !== undefined || program !== undefined;

export const howToGet = "install redis-server (apt-get install redis-server), or set REDIS_URL";

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
