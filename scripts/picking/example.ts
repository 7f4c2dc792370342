import { stripTypeScriptTypes } from "node:module";
import { parseSync, type ImportDeclaration } from "oxc-parser";
import { readSnippets } from "../docs/snippets.ts";

/** The first example of a README, and what one has to install for it. */
export interface Example {
  /** The 1-based line of the README. */
  readonly line: number;
  readonly code: string;
  readonly output: string | undefined;
  /** The packages that the README says to install: `["@executus/store-postgres", "pg"]`. */
  readonly installs: readonly string[];
}

export function readExample(readme: string): Example | undefined {
  const [example] = readSnippets({ path: "README.md", text: readme }).snippets;
  if (!example) return undefined;
  const command = /\bnpm (?:i|install) ([^`\n]+)/.exec(readme)?.[1] ?? "";
  const { line, code, output } = example;
  return { line, code, output, installs: command.trim().split(/\s+/).filter(Boolean) };
}

/** The example as an ES module without types. */
export function toModule(code: string): string {
  return stripTypeScriptTypes(code);
}

/** The example as a CommonJS module: what it imports it requires, and the rest is in an async function. */
export function toCommonJs(code: string): string {
  const { imports, rest } = splitImports(toModule(code));
  return `${imports.map(({ node }) => toRequire(node)).join("\n")}\n(async () => {\n${rest}\n})();\n`;
}

/** The example as an ES module that does nothing until its `run()` is called. */
export function toFunction(code: string): string {
  const { imports, rest } = splitImports(toModule(code));
  return `${imports.map(({ text }) => text).join("\n")}\nexport async function run() {\n${rest}\n}\n`;
}

function splitImports(text: string) {
  const nodes = parseSync("example.mjs", text).program.body.filter(
    (node) => node.type === "ImportDeclaration",
  );
  const rest = nodes
    .reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text)
    .trim();
  return { imports: nodes.map((node) => ({ node, text: text.slice(node.start, node.end) })), rest };
}

function toRequire({ specifiers, source }: ImportDeclaration): string {
  const required = `require(${JSON.stringify(source.value)})`;
  const names = specifiers.map((specifier) => {
    if (specifier.type !== "ImportSpecifier") return `default: ${specifier.local.name} = ${required}`;
    const { imported, local } = specifier;
    return `${imported.type === "Literal" ? imported.raw : imported.name}: ${local.name}`;
  });
  return `const { ${names.join(", ")} } = ${required};`;
}
