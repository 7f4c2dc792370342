import { HarnessError, type HarnessErrorCode } from "../errors.ts";

/**
 * A schema of any library that follows Standard Schema: zod, valibot, arktype and others fit as they are.
 *
 * @see https://standardschema.dev
 */
export interface Schema<T = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

export type SchemaResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** How many issues a message names. */
const shownIssues = 5;

/** Reads a value by a schema; without one any value is good. A promise only where the schema gives one. */
export function readBySchema(
  schema: Schema | undefined,
  value: unknown,
  code: HarnessErrorCode,
  what: string,
): unknown {
  if (!schema) return value;
  const read = schema["~standard"].validate(value);
  return read instanceof Promise
    ? read.then((result) => accept(result, code, what))
    : accept(read, code, what);
}

function accept(result: SchemaResult<unknown>, code: HarnessErrorCode, what: string): unknown {
  if (!result.issues) return result.value;
  const issues = result.issues.slice(0, shownIssues).map(showIssue).join("; ");
  throw new HarnessError(code, `${what}: ${issues}`);
}

function showIssue({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
