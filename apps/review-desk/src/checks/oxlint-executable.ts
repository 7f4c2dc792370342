import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ChecksError } from "./errors.ts";

/** Absolute paths of what a run starts. */
export interface OxlintExecutable {
  /** JavaScript entry, started as `process.execPath <entry>`. */
  readonly entry: string;
  /** Native type checker that oxlint starts; given by name so that it searches no folder for one. */
  readonly typeChecker: string;
}

/** @throws {ChecksError} `CHECK_UNAVAILABLE` if a package has no build for this platform. */
export function findOxlint(platform = `${process.platform}-${process.arch}`): OxlintExecutable {
  const suffix = platform.startsWith("win32") ? ".exe" : "";
  try {
    const resolve = createRequire(import.meta.url).resolve;
    const fromChecker = createRequire(resolve("oxlint-tsgolint/package.json")).resolve;
    return {
      entry: join(dirname(resolve("oxlint/package.json")), "bin", "oxlint"),
      typeChecker: fromChecker(`@oxlint-tsgolint/${platform}/tsgolint${suffix}`),
    };
  } catch (cause) {
    const message = `Cannot start oxlint: it is not installed for ${platform}`;
    throw new ChecksError("CHECK_UNAVAILABLE", message, { cause });
  }
}
