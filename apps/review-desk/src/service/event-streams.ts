import { DeskError } from "../desk/desk-error.ts";
import type { Settings } from "../desk/settings.ts";

/** One open stream. */
interface OpenStream {
  /** Aborts when the service closes. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Counts event streams, and ends them all when the service closes. */
export class EventStreams {
  readonly #open = new Map<string, number>();
  readonly #closing = new AbortController();

  /** @throws {DeskError} `DESK_STREAMS` */
  open(caller: string, settings: Settings): OpenStream {
    const own = this.#open.get(caller) ?? 0;
    let all = 0;
    for (const count of this.#open.values()) all += count;
    if (all >= settings.get("limits.streams") || own >= settings.get("limits.streamsPerCaller"))
      throw new DeskError("DESK_STREAMS", "Too many event streams are open: close one first");
    this.#open.set(caller, own + 1);
    return { signal: this.#closing.signal, close: () => this.#close(caller) };
  }

  closeAll(): void {
    this.#closing.abort();
  }

  #close(caller: string): void {
    const left = (this.#open.get(caller) ?? 1) - 1;
    if (left > 0) this.#open.set(caller, left);
    else this.#open.delete(caller);
  }
}
