/// <reference lib="esnext.disposable" />
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";
import { temporaryFolder, writeFiles } from "../cli/git-project.ts";
import { type DeskClient, deskClient } from "./desk-client.ts";

/** The app as it is shipped. */
const main = join(import.meta.dirname, "../../dist/main.js");

const tokens = { ada: "ada-token-0123456789", bo: "bo-token-01234567890", cy: "cy-token-01234567890" };
export type MemberName = keyof typeof tokens;

/** Ada is an admin, Bo and Cy are members. */
const members = [
  { id: "ada", roles: ["admin"], token: tokens.ada },
  { id: "bo", roles: ["member"], token: tokens.bo },
  { id: "cy", roles: ["member"], token: tokens.cy },
];

/** A desk with its folder: repositories, a config file and a store, which outlive the process. */
export interface DeskFolder {
  readonly path: string;
  readonly store: string;
  readonly configFile: string;
  /** Adds a plain folder as a repository. */
  repository(name: string, files: Readonly<Record<string, string>>): void;
  configure(settings: object): void;
  start(env?: Record<string, string>): Promise<DeskProcess>;
}

export interface DeskProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Resolves with the exit code when the process has gone. */
  readonly gone: Promise<number | null>;
  as(member: MemberName): DeskClient;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function deskFolder(settings: object = {}): DeskFolder {
  const path = temporaryFolder();
  mkdirSync(join(path, "repos"));
  const configFile = join(path, "desk.json");
  const folder: DeskFolder = {
    path,
    store: join(path, "review-desk.sqlite"),
    configFile,
    repository: (name, files) => writeFiles(join(path, "repos", name), files),
    configure: (given) =>
      writeFileSync(configFile, JSON.stringify({ members, repos: "repos", port: 0, ...given })),
    start: (env = {}) => startDesk(path, env),
  };
  folder.configure(settings);
  return folder;
}

/** Files whose review finds one thing in each. */
export function files(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`src/f${String(index).padStart(3, "0")}.js`, "debugger;\n"]),
  );
}

async function startDesk(cwd: string, env: Record<string, string>): Promise<DeskProcess> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(EXECUTUS_|OPENAI_|ANTHROPIC_|GIT_|NODE_OPTIONS)/.test(name),
  );
  const child = spawn(process.execPath, [main, "serve", "--config", "desk.json"], {
    cwd,
    env: { ...Object.fromEntries(inherited), EXECUTUS_LEASE: "500ms", EXECUTUS_LOG_LEVEL: "debug", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  const listening = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<number | null>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
    const url = /listens on (\S+)\n/.exec(output.stdout)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.on("error", gone.reject);
  child.on("close", (code) => {
    gone.resolve(code);
    listening.reject(new Error(`the desk ended with ${code}: ${output.stderr}`));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone.promise;
  });
  onTestFailed(() => void process.stderr.write(output.stderr.slice(-4_000)));
  const url = await listening.promise;
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return gone.promise;
  };
  return {
    child,
    url,
    output,
    gone: gone.promise,
    as: (member) => deskClient(url, tokens[member]),
    kill: async () => void (await end("SIGKILL")),
    stop: () => end("SIGTERM"),
  };
}
