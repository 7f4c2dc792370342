import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment } from "../docs/run-snippet.ts";
import { labFile } from "../lab/lab.ts";
import { runCommand } from "../process/run-command.ts";
import type { Manifest } from "../workspace/manifest.ts";

/** Who puts packages into a project. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn";
  readonly add: readonly [command: string, ...args: string[]];
  /** If it installs what a package leaves to its user, unless the user has chosen another version. */
  readonly bringsPeers: boolean;
  /** Files that the project needs, by name. */
  readonly files: (registryUrl: string) => Readonly<Record<string, string>>;
}

export const packageManagers: readonly PackageManager[] = [
  {
    name: "npm",
    add: ["npm", "install", "--no-audit", "--no-fund", "--no-update-notifier"],
    bringsPeers: true,
    files: (url) => ({ ".npmrc": `registry=${url}\n` }),
  },
  {
    name: "pnpm",
    add: ["pnpm", "add"],
    bringsPeers: true,
    files: (url) => ({
      ".npmrc": `registry=${url}\n`,
      // What was published a minute ago is what is wanted here.
      // As the README of lane-bullmq says: of what it brings, this builds something that it does without.
      "pnpm-workspace.yaml":
        "minimumReleaseAge: 0\npmOnFail: ignore\nstoreDir: ../pnpm-store\nallowBuilds: { msgpackr-extract: false }\n",
    }),
  },
  {
    name: "yarn",
    add: [process.execPath, labFile("@yarnpkg", "cli-dist", "bin", "yarn.js"), "add"],
    bringsPeers: false,
    files: (url) => ({
      "yarn.lock": "",
      ".yarnrc.yml": JSON.stringify({
        npmRegistryServer: url,
        unsafeHttpWhitelist: ["127.0.0.1"],
        nodeLinker: "node-modules",
        enableTelemetry: false,
        enableGlobalCache: false,
        enableImmutableInstalls: false,
        npmMinimalAgeGate: 0,
      }),
    }),
  },
];

export interface Wanted {
  /** With versions: `"@executus/lane@0.1.0"`. */
  readonly packages: readonly string[];
  readonly types: Readonly<Record<string, string>>;
}

/**
 * Makes an empty project and adds the packages to it, as somebody would who has nothing of this repository.
 *
 * @returns what went wrong.
 */
export async function createProject(
  manager: PackageManager,
  folder: string,
  registryUrl: string,
  { packages, types }: Wanted,
): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  const project = { name: "picker", private: true, type: "module", devDependencies: types };
  writeFileSync(join(folder, "package.json"), JSON.stringify(project));
  for (const [file, text] of Object.entries(manager.files(registryUrl)))
    writeFileSync(join(folder, file), text);
  const failure = await add(manager, folder, packages);
  const peers = failure === undefined && !manager.bringsPeers ? missingPeers(folder) : [];
  return peers.length > 0 ? add(manager, folder, peers) : failure;
}

async function add(
  { name, add: [command, ...args] }: PackageManager,
  folder: string,
  packages: readonly string[],
): Promise<string | undefined> {
  const home = join(folder, "..", "home");
  mkdirSync(home, { recursive: true });
  const { code, output } = await runCommand(command, [...args, ...packages], {
    cwd: folder,
    env: { ...bareEnvironment(home), CI: "1" },
    timeoutMs: 300_000,
  });
  return code === 0 ? undefined : `${name} cannot add ${packages.join(" ")}:\n${output.trimEnd()}`;
}

/** What the packages of the project leave to it, and what it does not have: `["zod@^4.0.0"]`. */
function missingPeers(folder: string): string[] {
  const read = (...path: readonly string[]): Manifest =>
    JSON.parse(readFileSync(join(folder, ...path, "package.json"), "utf8")) as Manifest;
  const wanted = Object.keys(read().dependencies ?? {}).flatMap((name) => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = read("node_modules", name);
    return Object.entries(peerDependencies).filter(([peer]) => peerDependenciesMeta[peer]?.optional !== true);
  });
  return wanted
    .filter(([peer]) => !existsSync(join(folder, "node_modules", peer)))
    .map(([peer, range]) => `${peer}@${range}`);
}
