/**
 * A sink that shows a run on a terminal while it happens.
 *
 * @module
 */
import { requireFunction } from "./check-options.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { lines, requireStream } from "./lines.ts";
import type { TerminalStream } from "./live-view.ts";
import { LiveView } from "./live-view.ts";
import type { Sink } from "./progress-event.ts";
import type { TextWidth } from "./text-width.ts";
import { safeWidth, textWidth } from "./text-width.ts";

export type { TerminalStream };

export interface TerminalOptions {
  readonly stream: TerminalStream;
  /** Most frames per second, minimum 1. @default 10 */
  readonly fps?: number | undefined;
  /** Columns of a text. @default coarse ranges that err to the wide side */
  readonly width?: TextWidth | undefined;
  /** The environment is not read: pass `color: !process.env.NO_COLOR`. @default true */
  readonly color?: boolean | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  /** Told once when a frame cannot be written. @default a process warning */
  readonly logger?: Logger | undefined;
}

export interface TerminalSink extends Sink {
  /**
   * Leaves the last frame, gives the cursor back, and ignores what follows. Synchronous and idempotent, and needs no
   * `this`: `process.once("exit", sink.close)`.
   */
  readonly close: () => void;
}

const knownOptions = {
  stream: true,
  fps: true,
  width: true,
  color: true,
  clock: true,
  logger: true,
} as const;

/**
 * Shows the open nodes as a tree that is redrawn in place; notes and failures are printed above it and stay.
 *
 * @throws {TypeError} if `stream` has no `write`, or `width` or `clock` is not a function.
 * @throws {RangeError} if `fps` is not a whole number of at least 1, or `Infinity`.
 */
export function terminal(options: TerminalOptions): TerminalSink {
  const action = "Cannot create terminal sink";
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { stream, fps = 10, width = textWidth, color = true, clock = () => Date.now(), logger } = options;
  requireStream(stream, action);
  requireWholeNumber(fps, `${action}: 'fps'`, 1);
  requireFunction(width, `${action}: 'width'`);
  requireFunction(clock, `${action}: 'clock'`);
  if (typeof color !== "boolean")
    throw new TypeError(`${action}: 'color' must be true or false: received ${show(color)}`);
  requireLogger(logger, action);
  if (stream.isTTY !== true) return closable(lines({ stream }));
  const view = new LiveView({ stream, everyMs: 1000 / fps, width: safeWidth(width), color, clock, logger });
  return { emit: (event) => view.emit(event), close: () => view.close() };
}

function closable(sink: Sink): TerminalSink {
  let closed = false;
  return {
    emit: (event) => (closed ? undefined : sink.emit(event)),
    close: () => {
      closed = true;
    },
  };
}
