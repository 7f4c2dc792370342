import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { labFile } from "../lab/lab.ts";
import { repository, runCommand } from "../process/run-command.ts";
import { openRegistryGate, type RegistryGate } from "./registry-gate.ts";

/** A registry on loopback that holds the packages of this repository, and passes on what it does not have. */
export interface LocalRegistry extends RegistryGate {
  /** Somebody who may publish. */
  readonly token: string;
}

/** Starts a registry with nothing in it, and stops it when `use` has ended. */
export async function withLocalRegistry<T>(
  scratch: string,
  use: (registry: LocalRegistry) => Promise<T>,
): Promise<T> {
  const folder = join(scratch, "registry");
  mkdirSync(folder);
  const port = await freePort();
  writeFileSync(join(folder, "config.yaml"), await configuration());
  const log = openSync(join(folder, "log"), "w");
  const args = [labFile("verdaccio", "bin", "verdaccio"), "--config", "config.yaml"];
  // Behind a proxy that npm has been told to trust, so has the registry to be.
  const authorities = await npmSetting("cafile");
  const env = authorities === "null" ? process.env : { ...process.env, NODE_EXTRA_CA_CERTS: authorities };
  const child = spawn(process.execPath, [...args, "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    env,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const gate = await openRegistryGate(port);
  try {
    await waitUntilReady(gate.url, () => readFileSync(join(folder, "log"), "utf8"));
    return await use({ ...gate, token: await addUser(gate.url) });
  } finally {
    gate.close();
    child.kill("SIGKILL");
  }
}

/** `@executus/*` is here or nowhere, so that nothing but what was published in this run can be installed. */
async function configuration(): Promise<string> {
  const url = await npmSetting("registry");
  return JSON.stringify({
    storage: "./storage",
    auth: { htpasswd: { file: "./htpasswd" } },
    uplinks: { others: { url, cache: true, timeout: "60s" } },
    packages: {
      "@executus/*": { access: "$all", publish: "$authenticated" },
      "**": { access: "$all", publish: "$authenticated", proxy: "others" },
    },
    max_body_size: "50mb",
    log: { type: "stdout", format: "pretty", level: "warn" },
  });
}

async function npmSetting(name: string): Promise<string> {
  const { stdout } = await runCommand("npm", ["config", "get", name], { cwd: repository });
  return stdout.trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilReady(url: string, readLog: () => string): Promise<void> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < 60_000) {
    const response = await fetch(`${url}-/ping`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error(`Cannot start the local registry:\n${readLog()}`);
}

async function addUser(url: string): Promise<string> {
  const response = await fetch(`${url}-/user/org.couchdb.user:releaser`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "releaser", password: crypto.randomUUID() }),
  });
  const { token } = (await response.json()) as { readonly token?: string };
  if (token === undefined) throw new Error(`Cannot add a user to the local registry: ${response.status}`);
  return token;
}
