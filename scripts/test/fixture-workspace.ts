import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export const repository: string = join(import.meta.dirname, "..", "..");

/** A small workspace in a temporary folder that keeps every rule, for a test to break one of them. */
export interface FixtureWorkspace {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** Replaces one piece of a file; the piece must be there. */
  readonly replace: (path: string, before: string, after: string) => void;
  /** Adds lines at the end of a file. */
  readonly append: (path: string, text: string) => void;
  /** Copies a file or folder of this repository to the same place. */
  readonly copy: (path: string) => void;
}

/** Runs a script of this repository as its gate does. Node 22 warns that it strips types: that is left out. */
export function runScript(name: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  const script = join(repository, "scripts", name);
  return spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    encoding: "utf8",
  });
}

/** An empty temporary folder, removed when the test ends. */
export function createFolder(): FixtureWorkspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "executus-fixture-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  return {
    root,
    read,
    write,
    replace(path, before, after) {
      const text = read(path);
      if (!text.includes(before))
        throw new Error(`Cannot replace in ${path}: no ${JSON.stringify(before)} there`);
      write(
        path,
        text.replace(before, () => after),
      );
    },
    append: (path, text) => write(path, `${read(path)}${text}\n`),
    copy: (path) => {
      const filter = (source: string): boolean => !/[/\\](node_modules|dist)$/.test(source);
      cpSync(join(repository, path), join(root, path), { recursive: true, filter });
    },
  };
}

/** Two packages of layer 0 and one each of 1, 2 and 3, written as the repository's own are. */
export function createWorkspace(): FixtureWorkspace {
  const workspace = createFolder();
  const root = {
    name: "fixture",
    private: true,
    license: "MIT",
    repository: { url: repositoryUrl },
    type: "module",
  };
  workspace.write(
    "package.json",
    show({ ...root, scripts: { test: "vitest run" }, devDependencies: { vitest: "^5.1.1" } }),
  );
  workspace.write("LICENSE", "MIT License\n");
  workspace.write("README.md", "# Fixture\n");
  workspace.copy("tsconfig.base.json");
  const folders = ["packages/low", "packages/next", "packages/mid", "packages/high", "apps/desk"];
  workspace.write("tsconfig.json", show({ files: [], references: folders.map((path) => ({ path })) }));
  addPackage(workspace, "low", 0, {});
  addPackage(workspace, "next", 0, {});
  addPackage(workspace, "mid", 1, { "@executus/low": "workspace:^" });
  addPackage(workspace, "high", 2, { "@executus/mid": "workspace:^", zod: "catalog:" });
  addApp(workspace, "desk", { "@executus/high": "workspace:^" });
  return workspace;
}

const repositoryUrl = "git+https://github.com/executus/executus.git";

function addPackage(
  workspace: FixtureWorkspace,
  name: string,
  layer: number,
  dependencies: Record<string, string>,
) {
  const folder = `packages/${name}`;
  const manifest = {
    name: `@executus/${name}`,
    version: "0.0.0",
    description: "A fixture",
    license: "MIT",
    repository: { type: "git", url: repositoryUrl, directory: folder },
    files: ["dist", "src", "CHANGELOG.md", "!dist/.tsbuildinfo"],
    type: "module",
    sideEffects: false,
    exports: {
      ".": { "@executus/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    publishConfig: { access: "public" },
    scripts: { build: "tsc -b" },
    ...(layer > 0 ? { dependencies } : {}),
    engines: { node: ">=22.13" },
    executus: { layer },
  };
  workspace.write(`${folder}/package.json`, show(manifest));
  workspace.write(`${folder}/tsconfig.json`, show(tsconfig(dependencies)));
  workspace.write(`${folder}/LICENSE`, "MIT License\n");
  workspace.write(`${folder}/README.md`, readme(name));
  workspace.write(`${folder}/src/index.ts`, `/** A fixture. */\nexport const ${name}: string = "${name}";\n`);
  workspace.write(
    `${folder}/test/index.test.ts`,
    `import { expect, test } from "vitest";\nimport { ${name} } from "../src/index.ts";\n\ntest("${name} is its name", () => {\n  expect(${name}).toBe("${name}");\n});\n`,
  );
}

function addApp(workspace: FixtureWorkspace, name: string, dependencies: Record<string, string>): void {
  const folder = `apps/${name}`;
  const manifest = {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    dependencies,
    executus: { layer: 3 },
  };
  workspace.write(`${folder}/package.json`, show(manifest));
  workspace.write(`${folder}/tsconfig.json`, show(tsconfig(dependencies)));
  workspace.write(
    `${folder}/src/main.ts`,
    `import { high } from "@executus/high";\n\nexport const desk: string = high;\n`,
  );
}

function tsconfig(dependencies: Record<string, string>): object {
  const references = Object.keys(dependencies)
    .filter((name) => name.startsWith("@executus/"))
    .map((name) => ({ path: `../../packages/${name.slice("@executus/".length)}` }));
  return { extends: "../../tsconfig.base.json", include: ["src"], references };
}

function readme(name: string): string {
  return `# @executus/${name}

A fixture.

> Vibe-coded: written with AI, reviewed by tests — every guarantee below names the test that checks it.

\`\`\`ts
import { ${name} } from "@executus/${name}";

console.log(${name});
\`\`\`

\`\`\`text
${name}
\`\`\`

## Guarantees

1. It is its name. \`${name} is its name\`

## Not for

Anything else.
`;
}

function show(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
