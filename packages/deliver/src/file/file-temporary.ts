import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { reportProblem } from "../internal/logger.ts";
import { show } from "../show.ts";

/** A new name in the same folder, so that a rename stays within the file system; hidden, and short enough for each. */
export function temporaryPath(folder: string): string {
  return join(folder, `.${randomUUID()}.tmp`);
}

/** Removes a temporary file if it is there. Never rejects: it cleans up after something that matters more. */
export async function removeTemporary(path: string, name: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    reportProblem(undefined, `Cannot remove the temporary file of ${show(name)}`, error);
  }
}
