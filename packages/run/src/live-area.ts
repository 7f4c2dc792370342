import { guardCall } from "./guard-call.ts";
import type { Logger } from "./internal/logger.ts";
import type { TextStream } from "./lines.ts";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** A line that is wider than we think is clipped by the terminal instead of moving all that follows. */
const WRAP_OFF = "\x1b[?7l";
const WRAP_ON = "\x1b[?7h";
const CLEAR_LINE_END = "\x1b[K\n";
const CLEAR_BELOW = "\x1b[J";

/** A line as it is written, and the columns that it takes: escape codes take none. */
export interface AreaLine {
  readonly text: string;
  readonly columns: number;
}

/** The lines at the bottom of a screen that are redrawn. Between frames the cursor is at the start of the next line. */
export class LiveArea {
  /** A broken stream must not break the work, from a timer least of all. */
  readonly #write: (text: string) => void;
  #lines: readonly AreaLine[] = [];
  #columns = 0;
  #cursorHidden = false;

  constructor(stream: TextStream, logger: Logger | undefined) {
    const problem = "A progress frame could not be written";
    this.#write = guardCall((text: string) => stream.write(text), problem, logger);
  }

  /** Prints `above` for good and `lines` below it in place of the ones before, in one write. */
  draw(above: readonly string[], lines: readonly AreaLine[], columns: number): void {
    if (above.length === 0 && columns === this.#columns && isSame(lines, this.#lines)) return;
    const height = this.#heightAt(columns);
    const up = height > 0 ? `\x1b[${height}A` : "";
    const texts = [...above, ...lines.map(({ text }) => text)];
    const body = texts.map((text) => text + CLEAR_LINE_END).join("");
    const hide = this.#cursorHidden ? "" : HIDE_CURSOR;
    this.#cursorHidden = true;
    this.#lines = lines;
    this.#columns = columns;
    this.#write(`${hide}${WRAP_OFF}\r${up}${body}${CLEAR_BELOW}${WRAP_ON}`);
  }

  /** Gives the cursor back and leaves what is on the screen. */
  release(): void {
    if (!this.#cursorHidden) return;
    this.#cursorHidden = false;
    this.#write(SHOW_CURSOR);
  }

  /** Rows that the area takes on the screen: in a window made narrower, most terminals break its lines anew. */
  #heightAt(columns: number): number {
    return this.#lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(line.columns / columns)), 0);
  }
}

function isSame(lines: readonly AreaLine[], before: readonly AreaLine[]): boolean {
  return lines.length === before.length && lines.every((line, index) => line.text === before[index]?.text);
}
