import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreError, type StoreErrorCode } from "../errors.ts";

/** Says why a file cannot be opened, or not written to, which SQLite itself says late or not at all. */
export function findObstacle(file: string): StoreError | undefined {
  const found = judgePath(file);
  return found && new StoreError(found[0], `Cannot open "${file}": ${found[1]}`);
}

type Obstacle = readonly [code: StoreErrorCode, problem: string];

function judgePath(file: string): Obstacle | undefined {
  const folder = dirname(file);
  const closed = [folder, dirname(folder)].find((path) => refusalOf(path, constants.X_OK));
  if (closed !== undefined) return ["STORE_DENIED", `no permission to look into "${closed}"`];
  if (!existsSync(folder)) return ["STORE_NO_FOLDER", `there is no folder "${folder}"`];
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    return ["STORE_NOT_A_DATABASE", "it is a folder"];
  }
  if (refusalOf(file, constants.R_OK)) return ["STORE_DENIED", "no permission to read it"];
  if (refusalOf(file, constants.W_OK)) return ["STORE_READ_ONLY", "it may only be read"];
  switch (refusalOf(folder, constants.W_OK)) {
    case undefined:
      return undefined;
    case "EROFS":
      return ["STORE_READ_ONLY", "the file system is read-only"];
    default:
      return ["STORE_DENIED", "no permission to write to its folder"];
  }
}

/** The system's code for why not. Nothing is refused of what is not there. */
function refusalOf(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? undefined : code;
  }
}
