const prefix = "Patch: ";

/** The user message of the patcher. The patch itself is not in it: the tool has it, and no model rewrites it. */
export function writePatchTask(repo: string, files: readonly string[]): string {
  return `${prefix}${JSON.stringify({ repo, files })}\nApply the patch by calling apply_patch once, then say in one sentence what became of it.`;
}

/** Returns if the text of a user message is the patcher's task. */
export function isPatchTask(text: string): boolean {
  return text.startsWith(prefix);
}
