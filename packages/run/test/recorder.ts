import type { ProgressEvent, Sink } from "../src/index.ts";

/** A sink that keeps what it is told. */
export function recorder(): Sink & { readonly events: ProgressEvent[]; of(nodeId: string): ProgressEvent[] } {
  const events: ProgressEvent[] = [];
  return {
    events,
    emit: (event) => void events.push(event),
    of: (nodeId) => events.filter((event) => event.nodeId === nodeId),
  };
}

/** A clock that stands until it is moved. */
export function manualClock(start = 1_000_000): { (): number; now: number } {
  const clock = (): number => clock.now;
  clock.now = start;
  return clock;
}

/** A stream that keeps what is written. */
export function textStream(): {
  readonly written: string[];
  readonly text: string;
  write(text: string): void;
} {
  const written: string[] = [];
  return {
    written,
    write: (text) => void written.push(text),
    get text() {
      return written.join("");
    },
  };
}
