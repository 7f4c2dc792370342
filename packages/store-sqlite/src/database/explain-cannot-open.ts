import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";

/** Finds out why SQLite cannot open the file, which itself says no more than that. */
export function explainCannotOpen(cause: unknown, file: string): StoreError | undefined {
  const folder = dirname(file);
  const fail = (code: ConstructorParameters<typeof StoreError>[0], problem: string): StoreError =>
    new StoreError(code, `Cannot open "${file}": ${problem}`, { cause });
  if (!existsSync(folder)) {
    const isHidden = refusalOf(dirname(folder), constants.X_OK) !== undefined;
    return isHidden
      ? fail("STORE_DENIED", "no permission to look into a folder above it")
      : fail("STORE_NO_FOLDER", `there is no folder "${folder}"`);
  }
  if (isFolder(file)) return fail("STORE_NOT_A_DATABASE", "it is a folder");
  const refusal =
    (existsSync(file) ? refusalOf(file, constants.R_OK) : undefined) ??
    refusalOf(folder, constants.W_OK | constants.X_OK);
  if (refusal === undefined) return undefined;
  return refusal === "EROFS"
    ? fail("STORE_READ_ONLY", "the file system is read-only")
    : fail("STORE_DENIED", "no permission to read it or to write to its folder");
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The system's code for why not, or `undefined` if it may be done. */
function refusalOf(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
