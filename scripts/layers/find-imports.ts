import { parseSync, Visitor, type Comment, type Program } from "oxc-parser";
import { lineOf } from "../workspace/line-of.ts";
import { findCommentImports } from "./comment-imports.ts";
import { findExpressionImports } from "./expression-imports.ts";
import type { FoundImport, Note } from "./found-import.ts";

export interface FoundImports {
  /** In the order of their lines. */
  readonly imports: readonly FoundImport[];
  /** What the parser could not read, if anything: such a file counts as unchecked. */
  readonly error: string | undefined;
}

/** Finds every way in which a TypeScript or JavaScript file names another module, types and comments included. */
export function findImports(path: string, text: string): FoundImports {
  const { program, comments, errors } = parseSync(path, text, { preserveParens: false });
  const imports: FoundImport[] = [];
  const note: Note = (specifier, form, start) => imports.push({ specifier, form, line: lineOf(text, start) });
  findDeclaredImports(program, note);
  findExpressionImports(program, note);
  findCommentImports(comments as readonly Comment[], note);
  return { imports: imports.sort((a, b) => a.line - b.line), error: errors[0]?.message };
}

function findDeclaredImports(program: Program, note: Note): void {
  new Visitor({
    ImportDeclaration({ source, specifiers, importKind, start }) {
      const form = importKind === "type" ? "import type" : "import";
      note(source.value, specifiers.length === 0 ? "side-effect import" : form, start);
    },
    ExportNamedDeclaration({ source, exportKind, start }) {
      if (source) note(source.value, exportKind === "type" ? "export type from" : "export from", start);
    },
    ExportAllDeclaration({ source, exportKind, start }) {
      note(source.value, exportKind === "type" ? "export type *" : "export *", start);
    },
    TSImportType({ source, start }) {
      note(source.value, "import() type", start);
    },
    TSExternalModuleReference({ expression, start }) {
      note(expression.value, "import = require()", start);
    },
    TSModuleDeclaration({ id, start }) {
      // `declare module "*.md"` describes a kind of file; any other string opens up another module.
      if (id.type === "Literal" && !id.value.includes("*")) note(id.value, "declare module", start);
    },
  }).visit(program);
}
