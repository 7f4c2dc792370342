import { readFileSync } from "node:fs";

/** The app's version, from its own package.json. */
export function appVersion(): string {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
