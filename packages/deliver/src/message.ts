import { DeliverError } from "./errors.ts";
import type { OutFile } from "./out-file.ts";
import { show } from "./show.ts";

/** What is delivered: text, files, or both. */
export interface OutMessage {
  /** Names this message, the same one at every try, such as `"run-7/0"`. Transports receive it. Not empty. */
  readonly key: string;
  /** May be empty if there are files. */
  readonly text: string;
  /** @default "plain" */
  readonly format?: "plain" | "markdown" | undefined;
  readonly files?: readonly OutFile[] | undefined;
}

/**
 * Checks the shape of a message. What it throws shows no text.
 *
 * @throws {DeliverError} `DELIVER_EMPTY` if there is neither text nor a file.
 */
export function requireMessage(message: OutMessage): void {
  requireThat(typeof message === "object" && message !== null, "message", "an object", message);
  const { key, text, format, files = [] } = message;
  requireThat(typeof key === "string" && key !== "", "message.key", "a non-empty string", key);
  requireThat(typeof text === "string", "message.text", "a string", typeof text);
  const known = format === undefined || format === "plain" || format === "markdown";
  requireThat(known, "message.format", '"plain" or "markdown"', format);
  requireThat(Array.isArray(files), "message.files", "an array", files);
  for (const [index, file] of files.entries()) requireFile(file, `message.files[${index}]`);
  if (text === "" && files.length === 0) {
    throw new DeliverError("DELIVER_EMPTY", "Cannot deliver: the message has neither text nor files");
  }
}

function requireFile(file: OutFile, path: string): void {
  requireThat(typeof file === "object" && file !== null, path, "an object", file);
  const { name, mediaType, size } = file;
  requireThat(typeof name === "string" && name !== "", `${path}.name`, "a non-empty string", name);
  requireThat(typeof mediaType === "string", `${path}.mediaType`, "a string", mediaType);
  requireThat(
    Number.isSafeInteger(size) && size >= 0,
    `${path}.size`,
    "a whole number of bytes",
    size,
    RangeError,
  );
  requireThat(typeof file.stream === "function", `${path}.stream`, "a function", typeof file.stream);
}

function requireThat(
  holds: boolean,
  what: string,
  expected: string,
  received: unknown,
  OutOfBounds: ErrorConstructor = TypeError,
): void {
  if (holds) return;
  const message = `Cannot deliver: '${what}' must be ${expected}: received ${show(received)}`;
  throw typeof received === "number" ? new OutOfBounds(message) : new TypeError(message);
}
