import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment, compareOutput } from "../docs/run-snippet.ts";
import { mapLimited } from "../process/map-limited.ts";
import { runCommand } from "../process/run-command.ts";
import type { Published } from "../release/published.ts";
import { compilations, projectKinds } from "./compilers.ts";
import { engines, type Engine } from "./engines.ts";
import { readExample, toCommonJs, toModule, type Example } from "./example.ts";
import { createProject, packageManagers, type PackageManager } from "./package-managers.ts";
import { startServer, type ExampleServer } from "./servers.ts";
import { runInWorker } from "./worker.ts";

/**
 * Installs a package by each package manager into an empty project, runs the first example of its README on every
 * engine, and type-checks it with every compiler.
 */
export async function pickPackage(
  published: Published,
  registryUrl: string,
  scratch: string,
): Promise<string[]> {
  const { name } = published.pkg;
  const readme = published.tarball.get("README.md") ?? "";
  const example = readExample(readme);
  if (!example?.installs.includes(name)) {
    return [`${name}: the README has no example, or does not say to install ${name}`];
  }
  const server = await startServer(name);
  try {
    const problems: string[] = [];
    for (const manager of packageManagers) {
      const folder = join(scratch, "pick", `${published.pkg.folder.replaceAll("/", "-")}-${manager.name}`);
      const failure = await createProject(manager, folder, registryUrl, wanted(published, example));
      if (failure !== undefined) problems.push(`${name}: ${failure}`);
      else problems.push(...(await tryProject({ published, readme, example, server, folder, manager })));
    }
    return problems;
  } finally {
    await server?.stop();
  }
}

/** What the README says to install, what the package leaves to its user, and the types of both. */
function wanted({ pkg, manifest }: Published, { installs }: Example) {
  const peers = manifest.peerDependencies ?? {};
  const own = (name: string): string => (name === pkg.name ? `${name}@${manifest.version}` : name);
  const others = Object.entries(peers).filter(([name]) => !installs.includes(name));
  const { "@types/node": _, ...types } = Object.fromEntries(
    Object.entries(pkg.manifest.devDependencies ?? {}).filter(([name]) => name.startsWith("@types/")),
  );
  return {
    packages: [...installs.map(own), ...others.map(([name, range]) => `${name}@${range}`)],
    types: { "@types/node": "^24", ...types },
  };
}

interface Project {
  readonly published: Published;
  readonly readme: string;
  readonly example: Example;
  readonly server: ExampleServer | undefined;
  readonly folder: string;
  readonly manager: PackageManager;
}

async function tryProject(project: Project): Promise<string[]> {
  const { published, readme, example, server, folder, manager } = project;
  const { name } = published.pkg;
  writeFileSync(join(folder, "example.ts"), `${example.code}\nexport {};\n`);
  writeFileSync(join(folder, "example.mjs"), toModule(example.code));
  writeFileSync(join(folder, "example.cjs"), toCommonJs(example.code));
  // Another package manager lays the packages out in another way: that is the same for every kind of project.
  const types = compilations(name, folder, manager.name === "npm" ? projectKinds : ["nodenext"]);
  const runs = server ? [undefined, server] : [undefined];
  const problems = [
    ...(await mapLimited(
      engines.flatMap((engine) => runs.map((run) => ({ engine, run }))),
      ({ engine, run }) => runExample(project, engine, run),
    )),
    ...(await mapLimited(types, async ({ name: compiler, compile }) => {
      const failure = await compile();
      return failure === undefined ? [] : [`${name}, ${manager.name}, ${compiler}:\n${failure}`];
    })),
  ].flat();
  const inWorker = published.pkg.layer === 0 && manager.name === "npm";
  return inWorker ? [...problems, ...(await runInWorker({ name, readme, example }, folder))] : problems;
}

async function runExample(
  { published, example, folder, manager }: Project,
  { name: engine, command: [command, ...args], program }: Engine,
  server: ExampleServer | undefined,
): Promise<string[]> {
  const at = `${published.pkg.name}, ${manager.name}, ${engine}${server ? ", with its server" : ""}`;
  const cwd = join(folder, `run-${engine.replaceAll(/\W/g, "-")}${server ? "-server" : ""}`);
  mkdirSync(cwd);
  const options = { cwd, env: { ...bareEnvironment(cwd), ...server?.env }, timeoutMs: 120_000 };
  const { code, stdout, output } = await runCommand(command, [...args, join(folder, program)], options);
  if (code === 0) return compareOutput(at, stdout, server?.output ?? example.output);
  return [`${at}: ends with ${code}:\n${output.trimEnd()}`];
}
