import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { bareEnvironment, compareOutput } from "../docs/run-snippet.ts";
import { labFile } from "../lab/lab.ts";
import { readEntries } from "../packed/entries.ts";
import { runCommand } from "../process/run-command.ts";
import { toFunction, type Example } from "./example.ts";

/** The one module of Node's that worker runtimes have where it is switched on. */
const asyncHooks = "node:async_hooks";

/** What the runtime is told: a date from before it knew any `process` or module of Node's by itself. */
const compatibilityDate = "2024-01-01";

export interface CorePackage {
  readonly name: string;
  readonly readme: string;
  readonly example: Example;
}

/**
 * Runs a core package in a worker runtime: each entry that needs no module of Node's is loaded, and the example is run if
 * what it imports needs none. The README has to say which entries need one.
 *
 * @returns what went wrong.
 */
export async function runInWorker(
  { name, readme, example }: CorePackage,
  project: string,
): Promise<string[]> {
  const folder = join(project, "run-worker");
  mkdirSync(folder);
  const loading = await Promise.all(
    readEntries(name, project).map(async (entry, index) => ({
      entry,
      modules: (await bundle(folder, `entry-${index}`, `export * from ${JSON.stringify(entry)};`)).modules,
    })),
  );
  const needsNode = loading.filter(({ modules }) => modules.some((module) => module !== asyncHooks));
  const exceptions = needsNode.map(({ entry }) => `.${entry.slice(name.length)}`);
  const problems = checkWorkerClaim(name, readme, exceptions);
  const fits = loading.filter((entry) => !needsNode.includes(entry));
  const lines = fits.map(({ entry }, index) => `import * as entry${index} from ${JSON.stringify(entry)};`);
  const loaded = `globalThis.loaded = [${fits.map((_, index) => `entry${index}`).join(", ")}];`;
  const entries = await bundle(folder, "entries", `${lines.join("\n")}\nexport function run() { ${loaded} }`);
  problems.push(
    ...(await runBundle(`${name}, worker, every entry that fits`, folder, "entries", entries, "")),
  );
  const program = await bundle(folder, "example", toFunction(example.code));
  if (program.modules.some((module) => module !== asyncHooks)) return problems;
  return [...problems, ...(await runBundle(`${name}, worker`, folder, "example", program, example.output))];
}

/** Compares what a README says, "workers, but for `./file` and `./webhook`", with the entries that need Node. */
export function checkWorkerClaim(name: string, readme: string, exceptions: readonly string[]): string[] {
  const claim = /\bworkers?\b[^\n]*/.exec(readme)?.[0];
  if (claim === undefined) return [`${name}: the README does not say what runs in workers`];
  const said = /but for ((?:`\.[^`]*`(?:, | and )?)+)/.exec(claim)?.[1] ?? "";
  const named = [...said.matchAll(/`([^`]*)`/g)].map(([, entry]) => entry ?? "");
  if (named.sort().join() === [...exceptions].sort().join()) return [];
  const list = exceptions.map((entry) => `\`${entry}\``).join(", ");
  return [`${name}: in workers there is no place for ${list || "nothing"}, and the README says "${claim}"`];
}

interface Bundle {
  readonly code: string;
  /** Of Node's. */
  readonly modules: readonly string[];
}

async function bundle(folder: string, name: string, code: string): Promise<Bundle> {
  const input = join(folder, `${name}.source.mjs`);
  writeFileSync(input, code);
  const build = await rolldown({ input, external: [/^node:/], platform: "neutral", logLevel: "silent" });
  try {
    const { output } = await build.generate({ format: "esm", codeSplitting: false });
    return { code: output[0].code, modules: output[0].imports };
  } finally {
    await build.close();
  }
}

/** Where there is no terminal, whoever wants its lines gives something else that has `write`. */
const prelude = `globalThis.process = { stdout: { write: (text) => console.log(text.replace(/\\n$/, "")) } };`;

async function runBundle(
  at: string,
  folder: string,
  name: string,
  { code, modules }: Bundle,
  output: string | undefined,
): Promise<string[]> {
  const flags = modules.includes(asyncHooks) ? '"nodejs_als"' : "";
  const main = `export default { async test() { ${code.includes("process.stdout") ? prelude : ""} await (await import("program")).run(); } };`;
  writeFileSync(join(folder, "main.mjs"), main);
  writeFileSync(join(folder, `${name}.mjs`), code);
  const worker = [
    `modules = [(name = "main", esModule = embed "main.mjs"), (name = "program", esModule = embed "${name}.mjs")]`,
    `compatibilityDate = "${compatibilityDate}"`,
    `compatibilityFlags = [${flags}]`,
  ].join(", ");
  const config = `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = (services = [(name = "main", worker = (${worker}))]);\n`;
  writeFileSync(join(folder, `${name}.capnp`), config);
  const options = { cwd: folder, env: bareEnvironment(folder), timeoutMs: 60_000 };
  const result = await runCommand(labFile("workerd", "bin", "workerd"), ["test", `${name}.capnp`], options);
  if (result.code !== 0) return [`${at}: fails:\n${result.output.trimEnd()}`];
  return compareOutput(at, result.stdout, output);
}
