import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Names that were made to do harm, by what they try; the last group is what people call their files. */
export const hostileNames: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "hostile-names.json"), "utf8"),
) as Record<string, string[]>;

export const allHostileNames: readonly string[] = Object.values(hostileNames).flat();
