import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for a database, on the disk that `TMPDIR` names: a file system in memory would make every sync free. */
export async function makeTemporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "executus-bench-"));
}

export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
