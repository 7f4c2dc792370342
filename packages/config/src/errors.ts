/** The contract that callers switch on. Messages may change, codes do not. */
export type ConfigErrorCode =
  | "CONFIG_MISSING"
  | "CONFIG_INVALID"
  | "CONFIG_UNKNOWN"
  | "CONFIG_SOURCE"
  | "CONFIG_ASYNC"
  | "CONFIG_CLOSED";

/** One problem. Safe to log: it never carries the value of a secret. */
export interface Issue {
  readonly code: ConfigErrorCode;
  /** The setting; none if a whole source failed. */
  readonly key?: string | undefined;
  /** Where the value stands, such as `environment (SHOP_PORT)`. */
  readonly origin?: string | undefined;
  readonly message: string;
}

/** The one error class of this package. It never carries a value that may be a secret. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  /** The code of the first issue. */
  readonly code: ConfigErrorCode;
  /** The setting of the first issue, if it has one. */
  readonly key: string | undefined;
  /** Every problem there is, at least one. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    const messages = issues.map(({ message }) => message);
    const introduction = `There are ${issues.length} problems with the settings:`;
    super(messages.length === 1 ? messages[0] : [introduction, ...messages].join("\n- "));
    this.code = issues[0]?.code ?? "CONFIG_INVALID";
    this.key = issues[0]?.key;
    this.issues = issues;
  }
}
