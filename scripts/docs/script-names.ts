import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCodeSpans } from "../markdown/code-spans.ts";
import { readFences, withoutFences } from "../markdown/fences.ts";
import type { Workspace } from "../workspace/read-workspace.ts";
import type { Document } from "./documents.ts";

/** Commands of pnpm itself. */
const builtIn = new Set(
  "install i add remove update up dlx exec pack publish link why list ls outdated audit store config init".split(
    " ",
  ),
);

/** Options that take the next word as their value. */
const takesValue = new Set(["--filter", "-F", "--dir", "-C", "--reporter", "--loglevel"]);

/** Checks that each `pnpm <script>` in the code of a document is a script of the package.json that it would run. */
export function checkScriptNames(workspace: Workspace, { path, text }: Document): string[] {
  const blocks = readFences(text).flatMap(({ code, startLine }) =>
    code.split("\n").map((line, index) => ({ code: line, line: startLine + 1 + index })),
  );
  const spans = withoutFences(text)
    .split("\n")
    .flatMap((line, index) => readCodeSpans(line).map(({ code }) => ({ code, line: index + 1 })));
  return [...blocks, ...spans].flatMap(({ code, line }) =>
    readCommands(code)
      .filter((command) => !exists(workspace, command))
      .map(({ script }) => `${path}:${line}: "pnpm ${script}" is not a script of package.json`),
  );
}

interface Command {
  readonly script: string;
  /** The package of `--filter`, if it says one. */
  readonly filter: string | undefined;
}

function readCommands(code: string): Command[] {
  return [...code.matchAll(/(?:^|[\s(;&|])pnpm(?:@\S+)?((?:[ \t]+[^\s;&|)#]+)+)/g)].flatMap((match) => {
    const words = (match[1] ?? "").trim().split(/\s+/);
    let filter: string | undefined;
    while (words[0]?.startsWith("-")) {
      const option = words.shift() ?? "";
      const value = takesValue.has(option) ? words.shift() : option.split("=")[1];
      if (/^(--filter|-F)/.test(option)) filter = value;
    }
    const script = words[0] === "run" ? words[1] : words[0];
    return script === undefined || !/^[a-z][\w:-]*$/.test(script) ? [] : [{ script, filter }];
  });
}

function exists(workspace: Workspace, { script, filter }: Command): boolean {
  if (builtIn.has(script)) return true;
  const target = workspace.packages.find(({ name }) => name === filter || name === `@executus/${filter}`);
  const { scripts = {} } = target?.manifest ?? workspace.rootManifest;
  return Object.hasOwn(scripts, script) || isTool(workspace, script);
}

/** `pnpm vitest` runs the command of a dev dependency. */
function isTool({ root, rootManifest }: Workspace, name: string): boolean {
  return Object.keys(rootManifest.devDependencies ?? {}).some((dependency) => {
    const manifest = join(root, "node_modules", dependency, "package.json");
    if (!existsSync(manifest)) return false;
    const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as {
      readonly bin?: string | Record<string, string>;
    };
    return typeof bin === "string" ? dependency.split("/").at(-1) === name : Object.hasOwn(bin ?? {}, name);
  });
}
