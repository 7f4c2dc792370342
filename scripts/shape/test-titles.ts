import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor, type Node } from "oxc-parser";
import { isCode, walkFiles } from "../workspace/walk-files.ts";

/** The titles of the tests that run for a package: those of its `test` folder and of its conformance suites. */
export function readTestTitles(root: string, folder: string): Set<string> {
  const suites = walkFiles(root, `${folder}/src`).filter(({ path }) => path.includes("conformance"));
  const files = [...walkFiles(root, `${folder}/test`), ...suites].filter(({ path }) => isCode(path));
  return new Set(files.flatMap(({ path }) => findTitles(path, readFileSync(join(root, path), "utf8"))));
}

function findTitles(path: string, text: string): string[] {
  const titles: string[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [title] }) {
      if (!isRunningTest(callee)) return;
      if (title?.type === "Literal" && typeof title.value === "string") titles.push(title.value);
      if (title?.type === "TemplateLiteral" && title.expressions.length === 0) {
        titles.push(title.quasis[0]?.value.cooked ?? "");
      }
    },
  }).visit(parseSync(path, text).program);
  return titles;
}

/** True for `test` and `test.each(…)`, false for `test.skip` and `test.todo`: such a test checks nothing. */
function isRunningTest(callee: Node): boolean {
  if (callee.type === "Identifier") return callee.name === "test" || callee.name === "it";
  if (callee.type === "CallExpression") return isRunningTest(callee.callee);
  if (callee.type === "TaggedTemplateExpression") return isRunningTest(callee.tag);
  if (callee.type !== "MemberExpression" || callee.computed) return false;
  const { name } = callee.property as { readonly name: string };
  return !["skip", "todo", "fails"].includes(name) && isRunningTest(callee.object);
}
