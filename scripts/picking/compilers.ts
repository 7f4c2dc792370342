import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { labFile } from "../lab/lab.ts";
import { ownDiagnostics } from "../packed/own-diagnostics.ts";
import { readEntries } from "../packed/entries.ts";
import { runCommand } from "../process/run-command.ts";

const versions = [5, 6, 7].map((major) => ({
  name: `TypeScript ${major}`,
  command: [process.execPath, labFile(`typescript${major}`, "bin", "tsc")] as const,
}));

/** The declarations of packages are checked too, those of the language not: they are not ours and take long. */
const shared = {
  noEmit: true,
  target: "es2024",
  lib: ["es2024"],
  types: ["node"],
  strict: true,
  skipLibCheck: false,
  skipDefaultLibCheck: true,
};

/** How projects ask for types. The last one has every option on that finds more. */
const projects = {
  nodenext: { module: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
  strict: {
    module: "nodenext",
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
  },
} as const;

export type ProjectKind = keyof typeof projects;

export const projectKinds = Object.keys(projects) as readonly ProjectKind[];

export interface Compilation {
  /** `"TypeScript 5, bundler"`. */
  readonly name: string;
  readonly compile: () => Promise<string | undefined>;
}

/**
 * Type-checks the example, and a project that imports every entry of the package, by each compiler in each kind of
 * project; where it is Node that resolves, from CommonJS too.
 */
export function compilations(name: string, folder: string, kinds: readonly ProjectKind[]): Compilation[] {
  const entries = readEntries(name, folder);
  const used = entries.map((_, index) => `entry${index}`).join(", ");
  const write = (file: string, line: (entry: string, index: number) => string): void => {
    writeFileSync(
      join(folder, file),
      `${entries.map(line).join("\n")}\nexport const entries: unknown[] = [${used}];\n`,
    );
  };
  write("entries.ts", (entry, index) => `import * as entry${index} from "${entry}";`);
  writeFileSync(
    join(folder, "required.cts"),
    `${entries.map((entry, index) => `import entry${index} = require("${entry}");`).join("\n")}\nexport = [${used}];\n`,
  );
  return versions.flatMap(({ name: version, command: [command, ...args] }) =>
    kinds.map((project) => {
      const tsconfig = `tsconfig.${version.at(-1)}-${project}.json`;
      const files = ["example.ts", "entries.ts", ...(project === "bundler" ? [] : ["required.cts"])];
      writeFileSync(
        join(folder, tsconfig),
        JSON.stringify({ compilerOptions: { ...shared, ...projects[project] }, files }),
      );
      return {
        name: `${version}, ${project}`,
        compile: async () => {
          const all = [...args, "-p", tsconfig, "--pretty", "false"];
          const { code, output } = await runCommand(command, all, { cwd: folder });
          return code === 0 ? undefined : ownDiagnostics(output, name);
        },
      };
    }),
  );
}
