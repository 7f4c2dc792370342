/** Carries a value that must not be shown: printed, joined to text or turned into JSON in any way, it is `[secret]`. */
export interface Secret<T> {
  /** The value itself, for the one place that needs it. */
  reveal(): T;
  toString(): "[secret]";
  toJSON(): "[secret]";
}

/** What stands for a secret wherever something is shown. */
export const mask = "[secret]";

export function createSecret<T>(value: T): Secret<T> {
  return Object.freeze(new HiddenValue(value));
}

class HiddenValue<T> implements Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): typeof mask {
    return mask;
  }

  toJSON(): typeof mask {
    return mask;
  }

  /** What `console.log` and `util.inspect` of Node, Bun and Deno ask for. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return mask;
  }
}
