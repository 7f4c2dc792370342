/**
 * Checks what the documents say: every `ts` block type-checks, runs and prints what the `text` block after it says;
 * relative links point to files; every `pnpm <script>` exists. The parts are in `docs/`.
 *
 * @module
 */
import { checkSnippetTypes } from "./docs/check-snippet-types.ts";
import { readDocuments } from "./docs/documents.ts";
import { checkLinks } from "./docs/links.ts";
import { runSnippet } from "./docs/run-snippet.ts";
import { checkScriptNames } from "./docs/script-names.ts";
import { writeSnippets } from "./docs/snippet-folder.ts";
import { readSnippets, type Snippet } from "./docs/snippets.ts";
import { mapLimited } from "./process/map-limited.ts";
import { withScratchFolder } from "./process/scratch-folder.ts";
import { readWorkspace, type Workspace } from "./workspace/read-workspace.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Returns a message for each problem: `path:line: what is wrong`, with the output of a failed snippet below it. */
export async function checkDocs(root: string): Promise<string[]> {
  const workspace = readWorkspace(root);
  const documents = readDocuments(root);
  const found = documents.map(readSnippets);
  return [
    ...documents.flatMap((document) => [
      ...checkLinks(root, document),
      ...checkScriptNames(workspace, document),
    ]),
    ...found.flatMap(({ problems }) => problems),
    ...(await checkSnippets(
      workspace,
      found.flatMap(({ snippets }) => snippets),
    )),
  ];
}

function checkSnippets(workspace: Workspace, snippets: readonly Snippet[]): Promise<string[]> {
  return withScratchFolder(async (scratch) => {
    const files = writeSnippets(scratch, workspace, snippets);
    const types = await checkSnippetTypes(scratch, workspace.root, files);
    const runs = await mapLimited(
      files.filter((file) => file.runs),
      runSnippet,
    );
    return [...types, ...runs.flat()];
  });
}

if (isMain(import.meta.filename))
  await runCheck(checkDocs, "every snippet, link and script name in the documents holds");
