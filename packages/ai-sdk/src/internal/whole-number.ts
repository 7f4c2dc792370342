// A copy of scripts/internal/whole-number.ts: change it there, then run scripts/sync-internal.ts.
import { show } from "./show.ts";

/**
 * Checks a limit that counts things: a whole number of at least `minimum`, or `Infinity` for none.
 *
 * @throws {TypeError} if the value is not a number, `what` names the action and the option.
 * @throws {RangeError} if the value is `NaN`, a fraction, or below the minimum.
 */
export function requireWholeNumber(value: number, what: string, minimum: number): void {
  const expected = `${what} must be a whole number of at least ${minimum}, or Infinity`;
  if (typeof value !== "number") throw new TypeError(`${expected}: received ${show(value)}`);
  if (value === Number.POSITIVE_INFINITY) return;
  if (!Number.isInteger(value) || value < minimum) throw new RangeError(`${expected}: received ${value}`);
}
