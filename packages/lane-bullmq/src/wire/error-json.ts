import { LaneError, type LaneErrorCode, type LaneErrorDetails } from "@executus/lane";
import { BullmqLaneError, type BullmqLaneErrorCode } from "../errors.ts";

/** What is left of an error on its way to another process. */
export interface ErrorJson {
  readonly name: string;
  readonly message: string;
  /** Its own fields that JSON can hold, such as `code`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cause?: ErrorJson | { readonly value: unknown };
}

/** Anything that can be thrown. */
export type ThrownJson = ErrorJson | { readonly value: unknown };

const deepest = 4;

/** What was thrown, as JSON can hold it. A value that it cannot hold becomes its text. */
export function toThrownJson(thrown: unknown, depth = 0): ThrownJson {
  if (!(thrown instanceof Error)) return { value: holds(thrown) ? thrown : textOf(thrown) };
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(thrown)) {
    if (
      !["name", "message", "stack", "cause", "__proto__"].includes(key) &&
      value !== undefined &&
      holds(value)
    )
      fields[key] = value;
  }
  const { cause } = thrown;
  return {
    name: textOf(thrown.name),
    message: textOf(thrown.message),
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(cause !== undefined && depth < deepest && { cause: toThrownJson(cause, depth + 1) }),
  };
}

/** The other way. What was an error is one, by the class of its code where that is known here. */
export function fromThrownJson(json: ThrownJson): unknown {
  if (!("message" in json)) return json.value;
  const { name, message, fields = {} } = json;
  const cause = json.cause && fromThrownJson(json.cause);
  const details = { ...fields, cause };
  if (name === "LaneError")
    return new LaneError(fields["code"] as LaneErrorCode, message, details as LaneErrorDetails);
  if (name === "BullmqLaneError")
    return new BullmqLaneError(fields["code"] as BullmqLaneErrorCode, message, cause);
  const error = new Error(message, cause === undefined ? {} : { cause });
  if (name !== "Error")
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  for (const [key, value] of Object.entries(fields)) {
    if (key !== "__proto__")
      Object.defineProperty(error, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return error;
}

function holds(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that cannot be shown";
  }
}
