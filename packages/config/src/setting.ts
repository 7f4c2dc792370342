import type { Secret } from "./secret.ts";
import type { Output, StandardSchema } from "./standard-schema.ts";

/** How one setting is read. */
export interface Setting<T = unknown> {
  /** `codec.int` and its like, or a schema of zod, valibot, arktype and others. What it gives is served. */
  readonly schema: StandardSchema<T>;
  /** Served as it is where no source has a value; the schema is not asked. */
  readonly default?: T | undefined;
  /** Absence is `undefined` instead of a problem. */
  readonly optional?: boolean | undefined;
  /** Served as a `Secret`, and shown nowhere. */
  readonly secret?: boolean | undefined;
  /** If empty text of an environment counts as not set. @default "unset" */
  readonly empty?: "unset" | "keep" | undefined;
  /** `"restart"`: a reload leaves the running value and tells that a restart is due. @default "live" */
  readonly reload?: "live" | "restart" | undefined;
  /** For `explain()`. */
  readonly doc?: string | undefined;
}

/** Settings by key. Keys have dots between levels: `lane.llm.max`. */
export type Shape = Readonly<Record<string, Setting>>;

/** Makes a `default` that is not what the schema gives a type error. */
export type Fitting<S extends Shape> = { readonly [K in keyof S]: Setting<Output<S[K]["schema"]>> };

/** The values of a shape: secrets wrapped, and `undefined` where a setting is optional. */
export type Values<S extends Shape> = {
  readonly [K in keyof S]:
    | (S[K]["secret"] extends true ? Secret<Output<S[K]["schema"]>> : Output<S[K]["schema"]>)
    | (S[K]["optional"] extends true ? undefined : never);
};
