import { requireOneOf as requireKnown } from "./check-options.ts";
import { DeliverError } from "./errors.ts";
import type { OutFile } from "./out-file.ts";
import { show } from "./show.ts";

/** Who a message may notify, by the platform's own ids. */
export interface Mentions {
  readonly users?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  /** Everybody at the destination. */
  readonly everyone?: boolean | undefined;
}

/** What is delivered: text, files, or both. */
export interface OutMessage {
  /** Names this message to one destination, the same one at every try, such as `"run-7/0"`. Transports receive it. Not empty. */
  readonly key: string;
  /** May be empty if there are files. */
  readonly text: string;
  /** @default "plain" */
  readonly format?: "plain" | "markdown" | undefined;
  readonly files?: readonly OutFile[] | undefined;
  /** Whoever is not named here is not notified, whatever the text says. @default nobody */
  readonly mentions?: Mentions | undefined;
  /** If the platform may fetch links to show what is behind them. @default false */
  readonly linkPreviews?: boolean | undefined;
  /**
   * What becomes of a text that is longer than one part can be: several parts, a file, a text that says how much is
   * missing, or the refusal `DELIVER_TOO_LONG`. @default "split"
   */
  readonly overflow?: "split" | "attach" | "truncate" | "error" | undefined;
}

/**
 * Checks the shape of a message. What it throws shows no text.
 *
 * @throws {DeliverError} `DELIVER_EMPTY` if there is neither text nor a file.
 */
export function requireMessage(message: OutMessage): void {
  requireThat(typeof message === "object" && message !== null, "message", "an object", message);
  const { key, text, format, files = [], linkPreviews, overflow } = message;
  requireThat(typeof key === "string" && key !== "", "message.key", "a non-empty string", key);
  requireThat(typeof text === "string", "message.text", "a string", typeof text);
  requireOneOf(format, "message.format", ["plain", "markdown"]);
  requireThat(Array.isArray(files), "message.files", "an array", files);
  for (const [index, file] of files.entries()) requireFile(file, `message.files[${index}]`);
  requireMentions(message.mentions);
  requireFlag(linkPreviews, "message.linkPreviews");
  requireOneOf(overflow, "message.overflow", ["split", "attach", "truncate", "error"]);
  if (text === "" && files.length === 0) {
    throw new DeliverError("DELIVER_EMPTY", "Cannot deliver: the message has neither text nor files");
  }
}

function requireFile(file: OutFile, path: string): void {
  requireThat(typeof file === "object" && file !== null, path, "an object", file);
  const { name, mediaType, size, alt } = file;
  requireThat(typeof name === "string" && name !== "", `${path}.name`, "a non-empty string", name);
  requireThat(typeof mediaType === "string", `${path}.mediaType`, "a string", mediaType);
  requireThat(
    Number.isSafeInteger(size) && size >= 0,
    `${path}.size`,
    "a whole number of bytes",
    size,
    RangeError,
  );
  requireThat(alt === undefined || typeof alt === "string", `${path}.alt`, "a string", alt);
  requireThat(typeof file.stream === "function", `${path}.stream`, "a function", typeof file.stream);
}

function requireMentions(mentions: Mentions | undefined): void {
  if (mentions === undefined) return;
  requireThat(typeof mentions === "object" && mentions !== null, "message.mentions", "an object", mentions);
  requireFlag(mentions.everyone, "message.mentions.everyone");
  for (const name of ["users", "roles"] as const) {
    const ids: unknown = mentions[name] ?? [];
    // An id goes into the text or the request as it is: a letter, a digit or one of few signs.
    const good =
      Array.isArray(ids) && ids.every((id) => typeof id === "string" && /^[\w.:-]{1,100}$/.test(id));
    requireThat(good, `message.mentions.${name}`, "an array of ids", ids);
  }
}

function requireFlag(value: unknown, what: string): void {
  requireThat(value === undefined || typeof value === "boolean", what, "a boolean", value);
}

function requireOneOf(value: unknown, what: string, known: readonly string[]): void {
  if (value !== undefined) requireKnown(value, `Cannot deliver: '${what}'`, known);
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
