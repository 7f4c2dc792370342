import {
  Visitor,
  type Argument,
  type CallExpression,
  type Expression,
  type Node,
  type Program,
} from "oxc-parser";
import type { Note } from "./found-import.ts";

/** Finds the imports made by running an expression: `import()`, `require()` in all its guises, `new URL()`. */
export function findExpressionImports(program: Program, note: Note): void {
  const requires = findRequireNames(program, note);
  new Visitor({
    ImportExpression({ source, start }) {
      note(readString(source), "import()", start);
    },
    CallExpression(call) {
      const form = callForm(call, requires);
      if (form) note(readString(call.arguments[0]), form, call.start);
    },
    NewExpression({ callee, arguments: [path, base], start }) {
      const specifier = readString(path);
      if (!isName(callee, "URL") || !base || specifier === undefined || /^[a-z][\w+.-]*:/i.test(specifier))
        return;
      note(specifier.startsWith(".") ? specifier : `./${specifier}`, "new URL()", start);
    },
  }).visit(program);
}

/** The names under which the file can call `require`, and under which it can make one. */
interface RequireNames {
  readonly requires: ReadonlySet<string>;
  readonly makers: ReadonlySet<string>;
}

function findRequireNames(program: Program, note: Note): RequireNames {
  const names = { requires: new Set(["require"]), makers: new Set(["createRequire"]) };
  new Visitor({
    ImportSpecifier({ imported, local, start }) {
      if (imported.type !== "Identifier" || imported.name !== "createRequire") return;
      names.makers.add(local.name);
      note(undefined, "createRequire", start);
    },
    MemberExpression(node) {
      if (memberName(node) === "createRequire") note(undefined, "createRequire", node.start);
    },
    Property({ key, value, start }) {
      // `const { createRequire: make } = await import("node:module")`
      if (!isName(key, "createRequire")) return;
      if (value.type === "Identifier") names.makers.add(value.name);
      note(undefined, "createRequire", start);
    },
    VariableDeclarator({ id, init }) {
      if (id.type !== "Identifier" || !init) return;
      if (isRequireMaker(init, names)) names.makers.add(id.name);
      else if (isRequire(init, names)) names.requires.add(id.name);
    },
  }).visit(program);
  return names;
}

function callForm({ callee }: CallExpression, names: RequireNames): string | undefined {
  if (isRequire(callee, names)) return "require()";
  const member = memberName(callee);
  if (callee.type !== "MemberExpression" || member === undefined) return undefined;
  if (member === "resolve" && isRequire(callee.object, names)) return "require.resolve()";
  if (member === "resolve" && callee.object.type === "MetaProperty") return "import.meta.resolve()";
  if (member === "getBuiltinModule") return "process.getBuiltinModule()";
  return undefined;
}

function isRequire(node: Node, names: RequireNames): boolean {
  if (node.type === "Identifier") return names.requires.has(node.name);
  if (node.type === "CallExpression") return isRequireMaker(node.callee, names);
  return node.type === "MemberExpression" && isName(node.object, "module") && memberName(node) === "require";
}

function isRequireMaker(node: Node, names: RequireNames): boolean {
  return node.type === "Identifier" ? names.makers.has(node.name) : memberName(node) === "createRequire";
}

function isName(node: Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** The `b` of `a.b` and of `a["b"]`. */
function memberName(node: Node): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  return node.computed ? readString(node.property) : (node.property as { name: string }).name;
}

function readString(node: Argument | Expression | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}
