/** One server-sent event. */
export interface ServerEvent {
  /** The last id that was sent, `""` before there is one. */
  readonly id: string;
  readonly data: string;
}

/** In characters; more than the desk ever sends. */
const longestEvent = 1_000_000;

/**
 * Reads server-sent events. An event that is cut off by the end of the stream is not given.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @throws {RangeError} if one is longer than a million characters.
 */
export async function* readEvents(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent, undefined> {
  let id = "";
  let data: string[] = [];
  for await (const line of readLines(stream)) {
    if (line === "") {
      if (data.length > 0) yield { id, data: data.join("\n") };
      data = [];
      continue;
    }
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "id" && !value.includes("\0")) id = value;
    if (field === "data") data.push(value);
    if (data.reduce((length, part) => length + part.length, 0) > longestEvent) throw tooLong();
  }
  return undefined;
}

/** Lines end at `\n`, `\r\n` or `\r`. */
async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    // A return at the end may be the first half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    if (rest.length > longestEvent) throw tooLong();
    yield* lines;
  }
  if (rest.endsWith("\r")) yield rest.slice(0, -1);
  return undefined;
}

function tooLong(): RangeError {
  return new RangeError(`Cannot read the events: one is longer than ${longestEvent} characters`);
}
