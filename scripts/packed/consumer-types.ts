import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository, runCommand } from "../process/run-command.ts";
import { readEntries } from "./entries.ts";
import { ownDiagnostics } from "./own-diagnostics.ts";

/**
 * The worlds in which a core package's types have to hold. Plain `es2024` is not among them: it knows no `AbortSignal`
 * and no `setTimeout`, so that whoever has neither Node's types nor a browser's has at least a worker's.
 */
const worlds = [
  { name: "a browser's types", lib: ["es2024", "dom"], types: [] },
  { name: "a worker's types", lib: ["es2024", "webworker"], types: [] },
  { name: "Node's types", lib: ["es2024"], types: ["node"] },
] as const;

/** Where the types of what builds on others have to hold. */
const nodeWorlds = worlds.filter(({ types }) => types.length > 0);

/** Type-checks a project that imports every entry of an installed core package, declaration files included. */
export function checkConsumerTypes(name: string, folder: string): Promise<string[]> {
  return checkTypesIn(worlds, name, folder);
}

/** The same of a package that builds on others, with Node's types. */
export function checkNodeTypes(name: string, folder: string): Promise<string[]> {
  return checkTypesIn(nodeWorlds, name, folder);
}

async function checkTypesIn(
  chosen: readonly (typeof worlds)[number][],
  name: string,
  folder: string,
): Promise<string[]> {
  const imports = readEntries(name, folder).map(
    (entry, index) => `import * as entry${index} from "${entry}";`,
  );
  const used = imports.map((_, index) => `entry${index}`).join(", ");
  writeFileSync(
    join(folder, "consumer.ts"),
    `${imports.join("\n")}\n\nexport const entries: unknown[] = [${used}];\n`,
  );
  const problems: string[] = [];
  for (const { name: world, lib, types } of chosen) {
    // Only now, so that in the other worlds no declaration can reach Node's types by a reference.
    if (types.length > 0) linkNodeTypes(folder);
    const options = { noEmit: true, strict: true, skipLibCheck: false, target: "es2024", module: "nodenext" };
    const tsconfig = { compilerOptions: { ...options, lib, types }, files: ["consumer.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
    const { code, output } = await runCommand("tsc", ["-p", ".", "--pretty", "false"], { cwd: folder });
    const own = code === 0 ? undefined : ownDiagnostics(output, name);
    if (own !== undefined) problems.push(`${name}: does not type-check with ${world}:\n${own}`);
  }
  return problems;
}

function linkNodeTypes(folder: string): void {
  mkdirSync(join(folder, "node_modules", "@types"), { recursive: true });
  const types = join("node_modules", "@types", "node");
  if (existsSync(join(folder, types))) return;
  symlinkSync(join(repository, types), join(folder, types), "junction");
}
