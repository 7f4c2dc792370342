import { readFile, rename, writeFile } from "node:fs/promises";
import type { Source } from "@executus/config";
import { fileSource } from "@executus/config/file";

/** Settings that an admin has changed: a small JSON file, above the config file, that survives a restart. */
export interface Overrides {
  readonly source: Source;
  /** Resolves when it is written. Other keys stay. */
  set(key: string, value: number): Promise<void>;
}

export function openOverrides(path: string): Overrides {
  let last: Promise<void> = Promise.resolve();
  return {
    source: fileSource(path, { optional: true }),
    set(key, value) {
      // One after the other: each reads what the one before has written.
      last = last.catch(() => {}).then(() => write(path, key, value));
      return last;
    },
  };
}

async function write(path: string, key: string, value: number): Promise<void> {
  const values = { ...(await read(path)), [key]: value };
  const whole = `${path}.${process.pid}.tmp`;
  await writeFile(whole, `${JSON.stringify(values, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await rename(whole, path);
}

async function read(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}
