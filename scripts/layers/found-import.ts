export interface FoundImport {
  /** `undefined` if it is computed at run time. */
  readonly specifier: string | undefined;
  /** How it is imported, in words: `"export *"`, `"createRequire"`. */
  readonly form: string;
  readonly line: number;
}

/** Notes one import at an offset in the text. */
export type Note = (specifier: string | undefined, form: string, start: number) => void;
