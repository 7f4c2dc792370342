import type { z } from "zod";
import { errorAnswer } from "./answers.ts";
import { ClientError } from "./client-error.ts";

export interface Connection {
  /** Where the desk listens, without a path. */
  readonly url: string;
  readonly token: string;
  /** @default the platform's */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long an answer may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined;
}

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | undefined;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const longestAnswer = 16_000_000;
const defaultTimeoutMs = 30_000;

/**
 * Asks the desk and reads its answer by the schema.
 *
 * @throws {ClientError} what the desk says is wrong, or that it could not be asked; and the reason of `signal`.
 */
export async function ask<T>(
  connection: Connection,
  path: string,
  schema: z.ZodType<T>,
  request: Request = {},
): Promise<T> {
  const { timeoutMs = defaultTimeoutMs } = connection;
  const late = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, late]) : late;
  const response = await send(connection, path, { ...request, signal }, request.signal);
  const text = await readText(response).catch((cause: unknown) => {
    request.signal?.throwIfAborted();
    throw unreachable(connection, cause);
  });
  const value = parse(text);
  if (!response.ok) throw refusalOf(response, value);
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw notTheDesk(response);
}

/** The answer as it comes, if it is a good one. Errors as of `ask`; it is not timed. */
export async function open(connection: Connection, path: string, request: Request = {}): Promise<Response> {
  const response = await send(connection, path, request, request.signal);
  if (response.ok) return response;
  throw refusalOf(response, parse(await readText(response).catch(() => "")));
}

async function send(
  connection: Connection,
  path: string,
  { method = "GET", body, headers, signal }: Request,
  asker: AbortSignal | undefined,
): Promise<Response> {
  const { url, token, fetch = globalThis.fetch } = connection;
  asker?.throwIfAborted();
  try {
    return await fetch(new URL(path, url), {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // A token goes nowhere else than where it was meant to go.
      redirect: "error",
      ...(signal && { signal }),
    });
  } catch (cause) {
    asker?.throwIfAborted();
    throw unreachable(connection, cause);
  }
}

/** @throws {RangeError} if it is too long. */
async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer) throw new RangeError("the answer is too long");
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(response: Response, value: unknown): ClientError {
  const read = errorAnswer.safeParse(value);
  if (!read.success) return notTheDesk(response);
  const { code, message } = read.data.error;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ClientError(code, message, {
    status: response.status,
    ...(seconds >= 0 && { retryAfterMs: seconds * 1_000 }),
  });
}

function notTheDesk({ status }: Response): ClientError {
  const message = `Cannot read the answer (HTTP ${status}): is this a review desk?`;
  return new ClientError("CLIENT_ANSWER", message, { status });
}

function unreachable({ url }: Connection, cause: unknown): ClientError {
  const message = `Cannot reach ${new URL(url).origin}: ${whyOf(cause)}`;
  return new ClientError("CLIENT_UNREACHABLE", message, { cause });
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "unknown failure";
  if (cause.name === "TimeoutError") return "no answer in time";
  const { code } = Object(cause.cause) as { readonly code?: unknown };
  return typeof code === "string" ? code : cause.message;
}
