/**
 * The child process that runs the analysers written in JavaScript: started by `TextWorker`, one request
 * at a time. A text that keeps a regular expression busy for ever stops this process, not the app.
 * @module
 */

import type { TextAnswer, TextRequest } from "./text-worker.ts";
import type { CheckFinding } from "./finding.ts";

process.on("message", (request: TextRequest) => {
  void answer(request).then((reply) => process.send?.(reply));
});
// The app has ended, perhaps killed: nobody reads the answers.
process.on("disconnect", () => process.exit());

async function answer(request: TextRequest): Promise<TextAnswer> {
  const { id } = request;
  try {
    return request.wants === "mended"
      ? { id, mended: await mend(request) }
      : { id, findings: await analyse(request) };
  } catch (error) {
    return { id, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Each tool is loaded at its first use: a worker serves one of them. */
async function analyse({ tool, path, text }: TextRequest): Promise<readonly CheckFinding[]> {
  if (tool === "secretlint") {
    const { scanSecrets } = await import("./secret-scan.ts");
    return scanSecrets(path, text);
  }
  const { lintMarkdown } = await import("./markdown-lint.ts");
  return lintMarkdown(text);
}

/** A secret is not mended by taking it out: it has to be revoked. */
async function mend({ tool, text }: TextRequest): Promise<string> {
  if (tool === "secretlint") return text;
  const { mendMarkdown } = await import("./markdown-lint.ts");
  return mendMarkdown(text);
}
