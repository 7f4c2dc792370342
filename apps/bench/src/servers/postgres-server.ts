import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "../measure/temporary-folder.ts";
import { findFreePort } from "./free-port.ts";
import { findPrograms, findServerUser, type ServerUser } from "./postgres-programs.ts";
import { type Server, type SharedServer, shareServer } from "./shared-server.ts";
import { spawnServer } from "./spawn-server.ts";

/** A PostgreSQL of its own, with a superuser `ada`: as it comes, so that every commit waits for the disk. */
export const postgres: SharedServer = shareServer(startPostgres);

async function startPostgres(): Promise<Server> {
  const user = findServerUser();
  const folder = await makeTemporaryFolder();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid);
  const programs = findPrograms(folder, user);
  const data = join(folder, "data");
  const password = randomBytes(12).toString("hex");
  const port = await findFreePort();
  initialise({ initdb: join(programs, "initdb"), folder, data, password, user });
  const settings = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''"];
  appendFileSync(join(data, "postgresql.conf"), `${settings.join("\n")}\nlc_messages = 'C'\n`);
  const stop = await spawnServer({
    program: join(programs, "postgres"),
    args: ["-D", data],
    folder,
    readyText: "ready to accept connections",
    stopSignal: "SIGQUIT",
    user,
  });
  return { url: `postgres://ada:${password}@127.0.0.1:${port}/postgres`, stop };
}

interface Initialisation {
  readonly initdb: string;
  readonly folder: string;
  readonly data: string;
  readonly password: string;
  readonly user: ServerUser;
}

function initialise({ initdb, folder, data, password, user }: Initialisation): void {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid ?? user.uid);
  const options = ["--auth=scram-sha-256", "--username=ada", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const args = [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...options];
  const { status, stderr, error } = spawnSync(initdb, args, { ...user, encoding: "utf8" });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`, { cause: error });
}
