/** The part of a diagnostic in oxlint's JSON that is used here. Offsets and lengths are in bytes. */
export interface OxlintDiagnostic {
  readonly message: string;
  /** `eslint(no-empty)`; absent for a syntax error. */
  readonly code?: string;
  readonly help?: string;
  readonly url?: string;
  /** As given on the command line; empty if it is about no file. */
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly offset: number; readonly length: number } }[];
}

/** One line of the output means a diagnostic, the closing count of files, or nothing. */
export type OxlintOutput =
  | { readonly diagnostic: OxlintDiagnostic }
  | { readonly fileCount: number }
  | undefined;

/**
 * Reads `--format json` line by line, so that the output of a file with a million faults is never
 * held as a whole: oxlint writes one diagnostic a line and the count of files it linted at the end.
 *
 * @throws {SyntaxError} if a line looks like a diagnostic and is none.
 */
export function readOxlintLine(line: string): OxlintOutput {
  const body = line.replace(/^\{ "diagnostics": \[/, "");
  if (body.startsWith('{"message":')) {
    const diagnostic = JSON.parse(body.slice(0, body.lastIndexOf("}") + 1)) as OxlintDiagnostic;
    return { diagnostic };
  }
  const count = /^\s*"number_of_files": (\d+)/.exec(body)?.[1];
  return count === undefined ? undefined : { fileCount: Number(count) };
}
