import { eventLine, figures, stateLine } from "./event-line.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { OpenNode } from "./open-nodes.ts";
import { OpenNodes } from "./open-nodes.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";

/** What text is written to: `process.stdout`, a file stream, or two lines of your own. */
export interface TextStream {
  write(text: string): unknown;
}

export interface LinesOptions {
  readonly stream: TextStream;
  /** Least time between two lines of progress; 0 for all, `Infinity` for none. @default 5000, in ms */
  readonly everyMs?: number | undefined;
}

/**
 * A sink for logs and CI: a line for each start, phase, note and end, and in between, at most every `everyMs`, one on
 * where the run stands. Plain text, cleaned, no control sequences.
 *
 * @throws {TypeError} if `stream` has no `write`.
 * @throws {RangeError} if `everyMs` is not a whole number of at least 0.
 */
export function lines(options: LinesOptions): Sink {
  const action = "Cannot create lines sink";
  requireKnown(options, { stream: true, everyMs: true }, `${action}: 'options'`);
  const { stream, everyMs = 5000 } = options;
  requireStream(stream, action);
  requireWholeNumber(everyMs, `${action}: 'everyMs'`, 0);
  const open = new OpenNodes();
  let toldAt: number | undefined;

  function isDue({ ts }: ProgressEvent): boolean {
    const sinceMs = ts - (toldAt ?? ts);
    if (sinceMs >= 0 && sinceMs < everyMs) return false;
    toldAt = ts;
    return true;
  }

  return {
    // What `write` returns may be a promise: whoever calls the sink hears of its failure.
    emit(event) {
      const node = open.apply(event);
      toldAt ??= event.ts;
      if (event.type !== "progress") return stream.write(`${eventLine(event, node)}\n`);
      return isDue(event) ? stream.write(`${stateLine(mostTelling(node), event.ts)}\n`) : undefined;
    },
  };
}

export function requireStream(stream: Partial<TextStream> | undefined, action: string): void {
  if (typeof stream?.write === "function") return;
  throw new TypeError(`${action}: 'stream' must have a 'write' function: received ${show(stream)}`);
}

/** The run as a whole if it has figures: one of many children says little about it. */
function mostTelling(node: OpenNode): OpenNode {
  let root = node;
  while (root.parent) root = root.parent;
  return figures(root.last, root.last.ts).length > 0 ? root : node;
}
