import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLoopbackServer } from "./loopback-server.ts";
import { findPostgres, serverUser } from "./postgres-programs.ts";

/** A PostgreSQL of its own: a folder, a port on the loopback, a superuser `ada`. */
export interface PostgresServer {
  readonly url: string;
  readonly start: () => Promise<void>;
  /** As an administrator would: who is connected is told and sent away. */
  readonly stop: () => Promise<void>;
  /** Stops it and removes everything. */
  readonly remove: () => Promise<void>;
}

/** Heard by nobody else, and understood by whoever reads its log. */
const quiet = { listen_addresses: "'127.0.0.1'", unix_socket_directories: "''", lc_messages: "'C'" };

/** Of a server that is never killed itself, and so does not wait for a disk. */
const quick = { fsync: "off", shared_buffers: "32MB", max_connections: "100" };

/** Makes a server and starts it. */
export async function createPostgres(
  settings: Readonly<Record<string, string>> = quick,
): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "executus-postgres-"));
  give(folder);
  const programs = findPostgres(folder);
  const data = join(folder, "data");
  const password = randomBytes(12).toString("hex");
  initialise(join(programs, "initdb"), folder, data, password);
  const lines = Object.entries({ ...quiet, ...settings }).map(([name, value]) => `${name} = ${value}\n`);
  appendFileSync(join(data, "postgresql.conf"), lines.join(""));
  const { port, start, end, remove } = await startLoopbackServer({
    folder,
    program: join(programs, "postgres"),
    args: (port) => ["-D", data, "-p", String(port)],
    readyText: "ready to accept connections",
    quitSignal: "SIGQUIT",
    user: serverUser,
  });
  const url = `postgres://ada:${password}@127.0.0.1:${port}/postgres`;
  return { url, start, stop: () => end("SIGINT"), remove };
}

function initialise(initdb: string, folder: string, data: string, password: string): void {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  give(passwordFile);
  const options = ["--auth=scram-sha-256", "--username=ada", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const args = [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...options];
  const { status, stderr, error } = spawnSync(initdb, args, { ...serverUser, encoding: "utf8" });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`, { cause: error });
}

/** To the server's user. */
function give(path: string): void {
  if (serverUser.uid !== undefined) chownSync(path, serverUser.uid, serverUser.gid ?? serverUser.uid);
}
