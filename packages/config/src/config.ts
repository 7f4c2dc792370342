import type { Issue } from "./errors.ts";
import type { Shape, Values } from "./setting.ts";

/** Settings that were all valid at once. */
export interface Config<S extends Shape> extends Disposable {
  /** 1 at first, one more with each reload that changes a value. */
  readonly version: number;
  /** The values as of this version: frozen, and replaced as a whole. */
  readonly values: Values<S>;
  /** @throws {TypeError} for a key that was not declared. */
  get<K extends keyof S & string>(key: K): Values<S>[K];
  /** The same function for the same key. @throws {TypeError} for a key that was not declared. */
  live<K extends keyof S & string>(key: K): Live<Values<S>[K]>;
  /**
   * Reads the sources again. Either every setting is valid and all change at once, or nothing does. Calls while one is
   * under way share the next.
   *
   * @throws {ConfigError} `CONFIG_CLOSED`
   */
  reload(): Promise<ReloadResult>;
  /** Calls back after each reload, also one that failed, until the function that it returns is called. */
  onReload(listener: (result: ReloadResult) => void): () => void;
  /** Every setting in the order of the shape. Fit to be printed: secrets are masked. */
  explain(): readonly Explanation[];
  /**
   * Replaces secrets of at least 8 characters in a text, of these values and the ones before: also in JSON, addresses,
   * forms and base64.
   */
  redact(text: string): string;
  /** Stops following the sources. The values stay; a reload under way is rejected with `CONFIG_CLOSED`. */
  close(): void;
}

/** The present value of a setting, and whether it has changed. Fits wherever a limit may be a function. */
export interface Live<T> {
  (): T;
  /** Calls back once per change of the value, until the function that it returns is called. */
  subscribe(changed: () => void): () => void;
}

export interface ReloadResult {
  /** False if there are issues: then nothing has changed. */
  readonly ok: boolean;
  readonly version: number;
  /** Keys whose value is another now, in the order of the shape. */
  readonly changed: readonly string[];
  /** Keys whose new value has to wait for a restart. */
  readonly needsRestart: readonly string[];
  readonly issues: readonly Issue[];
}

export interface Explanation {
  readonly key: string;
  /** As JSON; `[secret]`, or empty if absent. */
  readonly value: string;
  /** The winning source and its name for the key, such as `environment (SHOP_PORT)`, or `default` or `absent`. */
  readonly origin: string;
  readonly doc?: string | undefined;
}
