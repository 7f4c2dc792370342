import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";

import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "./free-port.ts";
import { findBinaries, serverUser } from "./postgres-binaries.ts";

/** A PostgreSQL of its own: a folder, a port on the loopback, a superuser `ada`. */
export interface TestServer {
  readonly url: string;
  /** Stops it and removes everything. */
  remove(): Promise<void>;
}

/** It is never killed itself, so it does not wait for a disk. */
const settings = { fsync: "off", shared_buffers: "32MB", max_connections: "100" };

/** Makes a server and starts it. */
export async function createPostgres(): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), "review-desk-postgres-"));
  if (serverUser.uid !== undefined) chownSync(folder, serverUser.uid, serverUser.gid ?? serverUser.uid);
  const programs = findBinaries(folder);
  const data = join(folder, "data");
  const password = randomBytes(12).toString("hex");
  const port = await findFreePort();
  initialise(join(programs, "initdb"), folder, data, password);
  const lines = Object.entries({
    ...settings,
    port: String(port),
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: "''",
    lc_messages: "'C'",
  }).map(([name, value]) => `${name} = ${value}\n`);
  appendFileSync(join(data, "postgresql.conf"), lines.join(""));

  const child = spawn(join(programs, "postgres"), ["-D", data], {
    ...serverUser,
    stdio: ["ignore", "ignore", "pipe"],
  });
  // A run that is broken off leaves nothing behind all the same.
  const onExit = (): void => {
    child.kill("SIGQUIT");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  await untilReady(child);
  return {
    url: `postgres://ada:${password}@127.0.0.1:${port}/postgres`,
    async remove() {
      const ended = once(child, "exit");
      child.kill("SIGQUIT");
      await ended;
      process.off("exit", onExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function initialise(initdb: string, folder: string, data: string, password: string): void {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (serverUser.uid !== undefined) chownSync(passwordFile, serverUser.uid, serverUser.gid ?? serverUser.uid);
  const options = ["--auth=scram-sha-256", "--username=ada", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const args = [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...options];
  const { status, stderr, error } = spawnSync(initdb, args, { ...serverUser, encoding: "utf8" });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`, { cause: error });
}

async function untilReady(child: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}: ${log}`)));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-4_000);
      if (log.includes("ready to accept connections")) resolve();
    });
  });
}
