import type { z } from "zod";
import { DeskError, type DeskErrorCode } from "../desk/desk-error.ts";
import type { ServiceContext } from "./env.ts";
import { issueText } from "./error-answer.ts";

/** Largest body that is read, in bytes. */
export const maxBodyBytes = 64 * 1024;

/**
 * The body as the schema has it; an empty one is `{}`.
 *
 * @throws {DeskError} `DESK_JSON`, `DESK_BODY`
 */
export async function readBody<T>(context: ServiceContext, schema: z.ZodType<T>): Promise<T> {
  const text = await context.req.text();
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new DeskError("DESK_JSON", "The body is not JSON");
  }
  return check(schema, value, "DESK_BODY");
}

/** @throws {DeskError} with that code, naming the fields that do not fit. */
export function check<T>(schema: z.ZodType<T>, value: unknown, code: DeskErrorCode): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DeskError(code, issueText(parsed.error));
}
