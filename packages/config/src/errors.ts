/** The contract that callers switch on. Messages may change, codes do not. */
export type ConfigErrorCode = "CONFIG_INVALID";

/** The one error class of this package. It never carries a value: that may be a secret. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  readonly code: ConfigErrorCode;
  /** The setting that cannot be used, as it was asked for. */
  readonly key: string;

  constructor(code: ConfigErrorCode, key: string, message: string) {
    super(message);
    this.code = code;
    this.key = key;
  }
}
