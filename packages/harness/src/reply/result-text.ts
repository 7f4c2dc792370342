import { HarnessError } from "../errors.ts";

/** A file that was made and could not be kept, as the reply tells of it. */
export interface MissingFile {
  readonly name: string;
  readonly code: string;
}

/** What is stored of a result, as JSON: enough to make the reply again. */
export interface RunResult {
  readonly value?: unknown;
  /** How many files go with the reply. Their bytes are not stored here. */
  readonly files: number;
  readonly missing: readonly MissingFile[];
}

/** @throws {HarnessError} `HARNESS_OUTPUT` if the value is not JSON. */
export function writeResult(agent: string, result: RunResult): string {
  return writeJson(result, "HARNESS_OUTPUT", `The result of agent "${agent}" is not JSON`);
}

export function readResult(text: string): RunResult {
  return JSON.parse(text) as RunResult;
}

/** @throws {HarnessError} with that code, if its value is not JSON. */
export function writeJson(
  given: { readonly value?: unknown },
  code: "HARNESS_INPUT" | "HARNESS_OUTPUT",
  what: string,
): string {
  const kind = typeof given.value;
  // Within an object, JSON passes over what it has no word for.
  if (kind === "function" || kind === "symbol") throw new HarnessError(code, `${what}: it is a ${kind}`);
  try {
    return JSON.stringify(given);
  } catch (error) {
    throw new HarnessError(code, `${what}: ${error instanceof Error ? error.name : "it cannot be written"}`, {
      cause: error,
    });
  }
}
