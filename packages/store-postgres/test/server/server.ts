import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinaries, serverUser } from "./binaries.ts";

/** A PostgreSQL of its own: a folder, a port on the loopback, a superuser `ada`. */
export interface Server {
  readonly url: string;
  start(): Promise<void>;
  /** As an administrator would: who is connected is told and sent away. */
  stop(): Promise<void>;
  /** Stops it and removes everything. */
  remove(): Promise<void>;
}

/** Heard by nobody else, and understood by whoever reads its log. */
const quiet = { listen_addresses: "'127.0.0.1'", unix_socket_directories: "''", lc_messages: "'C'" };

/** Tests do not wait for a disk. */
const quick = { fsync: "off", shared_buffers: "32MB", max_connections: "60" };

/** Makes a server and starts it. */
export async function createPostgres(settings: Readonly<Record<string, string>> = quick): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "store-postgres-"));
  if (serverUser.uid !== undefined) chownSync(folder, serverUser.uid, serverUser.gid ?? serverUser.uid);
  const programs = findBinaries(folder);
  const data = join(folder, "data");
  const password = randomBytes(12).toString("hex");
  initialise(join(programs, "initdb"), folder, data, password);
  const lines = Object.entries({ ...quiet, ...settings }).map(([name, value]) => `${name} = ${value}\n`);
  appendFileSync(join(data, "postgresql.conf"), lines.join(""));

  let port = 0;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port)], {
      ...serverUser,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = server;
    await untilReady(server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  // A run that is broken off ends no hooks; nothing of it stays all the same.
  const onExit = (): void => {
    child?.kill("SIGQUIT");
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once("exit", onExit);
  for (let tries = 1; port === 0; tries += 1) {
    port = await findFreePort();
    try {
      await start();
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (tries === 5) throw error;
      port = 0;
    }
  }
  return {
    url: `postgres://ada:${password}@127.0.0.1:${port}/postgres`,
    start,
    stop: () => end("SIGINT"),
    async remove() {
      await end("SIGQUIT");
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

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
