/**
 * A schema of any library that follows Standard Schema: zod, valibot, arktype and others fit as they are.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<T = unknown> {
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

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema gives for a value that it accepts. */
export type Output<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

/** Never throws: a schema that has no validator to be had is none. */
export function isSchema(value: unknown): value is StandardSchema {
  try {
    return typeof (value as StandardSchema)["~standard"].validate === "function";
  } catch {
    return false;
  }
}
