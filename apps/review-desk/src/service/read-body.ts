import type { z } from "zod";
import { DeskError, type DeskErrorCode } from "../desk/desk-error.ts";
import type { ServiceContext } from "./env.ts";
import { issueText } from "./error-answer.ts";

/** Largest body that is read, in bytes. */
const maxBytes = 64 * 1024;

/**
 * The body as the schema has it; an empty one is `{}`.
 *
 * @throws {DeskError} `DESK_TOO_LARGE`, `DESK_JSON`, `DESK_BODY`
 */
export async function readBody<T>(context: ServiceContext, schema: z.ZodType<T>): Promise<T> {
  return check(schema, parse(await readBytes(context)), "DESK_BODY");
}

/** Reads no more than it has to: what is too long is refused by its length if that is given, else at its first byte too many. */
async function readBytes({ req }: ServiceContext): Promise<Uint8Array> {
  const tooLarge = new DeskError("DESK_TOO_LARGE", "The body is longer than 64 KiB");
  if (Number(req.header("content-length") ?? 0) > maxBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of req.raw.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new DeskError("DESK_BODY", "The body broke off", { cause });
  }
  if (size > maxBytes) throw tooLarge;
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new DeskError("DESK_JSON", "The body is not JSON");
  }
}

/** @throws {DeskError} with that code, naming the fields that do not fit. */
export function check<T>(schema: z.ZodType<T>, value: unknown, code: DeskErrorCode): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DeskError(code, issueText(parsed.error));
}
