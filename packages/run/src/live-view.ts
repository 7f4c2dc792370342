import { eventLine } from "./event-line.ts";
import { startIdleTimer } from "./idle-timer.ts";
import type { Logger } from "./internal/logger.ts";
import { LiveArea } from "./live-area.ts";
import { OpenNodes } from "./open-nodes.ts";
import type { ProgressEvent, Sink } from "./progress-event.ts";
import type { TextWidth } from "./text-width.ts";
import { wrapText } from "./text-width.ts";
import { Throttle } from "./throttle.ts";
import type { Color, Paint } from "./tree-lines.ts";
import { treeLines } from "./tree-lines.ts";

const CODES: Readonly<Record<Color, number>> = { green: 32, yellow: 33, red: 31, dim: 2 };
/** With nothing to tell, the elapsed times still move, so that a long call does not look dead. */
const REFRESH_MS = 1000;

/** What a frame is written to and measured by; `process.stderr` is one. */
export interface TerminalStream {
  write(text: string): unknown;
  /** Read at every frame. Below 2 or absent counts as 80. */
  readonly columns?: number | undefined;
  /** Read at every frame. Below 2 or absent counts as 24. */
  readonly rows?: number | undefined;
  /** Unless true, plain lines are written, as by `lines`. */
  readonly isTTY?: boolean | undefined;
}

export interface LiveViewOptions {
  readonly stream: TerminalStream;
  readonly everyMs: number;
  readonly width: TextWidth;
  readonly color: boolean;
  readonly clock: () => number;
  readonly logger: Logger | undefined;
}

/** Follows the events of runs and draws what is open, frame by frame. */
export class LiveView implements Sink {
  readonly #options: LiveViewOptions;
  readonly #paint: Paint;
  readonly #area: LiveArea;
  readonly #throttle: Throttle;
  readonly #open = new OpenNodes();
  /** Lines that the next frame prints above the area. */
  #kept: { readonly text: string; readonly color: Color | undefined }[] = [];
  #closed = false;
  #stopRefresh: (() => void) | undefined;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#paint = options.color ? (text, color) => `\x1b[${CODES[color]}m${text}\x1b[0m` : (text) => text;
    this.#area = new LiveArea(options.stream, options.logger);
    this.#throttle = new Throttle(options.everyMs, options.clock, (now) => this.#draw(now));
  }

  emit(event: ProgressEvent): void {
    if (this.#closed) return;
    const node = this.#open.apply(event);
    if (event.type === "note" || (event.type === "end" && (event.status === "failed" || !node.parent))) {
      this.#kept.push({ text: eventLine(event, node), color: colorOf(event) });
    }
    const now = this.#options.clock();
    this.#throttle.touch(now);
    if (this.#open.size === 0) this.#release(now);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release(this.#options.clock());
  }

  #release(now: number): void {
    this.#throttle.flush(now);
    // A refresh after this would hide the cursor again.
    this.#stopRefresh?.();
    this.#area.release();
  }

  #draw(now: number): void {
    this.#stopRefresh?.();
    const { stream, clock, width } = this.#options;
    const columns = sizeOf(stream.columns, 80);
    // A terminal holds the cursor back after its last column, each in its own way: that column stays empty.
    const room = columns - 1;
    const maxLines = sizeOf(stream.rows, 24) - 1;
    const above: string[] = [];
    for (const { text, color } of this.#kept) {
      for (const line of wrapText(text, room, width)) above.push(color ? this.#paint(line, color) : line);
    }
    this.#kept = [];
    const lines = treeLines(this.#open, { columns: room, maxLines, now, width, paint: this.#paint });
    this.#area.draw(above, lines, columns);
    this.#stopRefresh = startIdleTimer(() => this.#throttle.touch(clock()), REFRESH_MS);
  }
}

function sizeOf(size: number | undefined, fallback: number): number {
  return size !== undefined && size >= 2 && size < Number.POSITIVE_INFINITY ? Math.floor(size) : fallback;
}

function colorOf({ type, status, level }: ProgressEvent): Color | undefined {
  if (type === "note") return level === "error" ? "red" : level === "warn" ? "yellow" : undefined;
  return status === "failed" ? "red" : status === "cancelled" ? "yellow" : "green";
}
