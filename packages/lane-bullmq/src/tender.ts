import type { Cap } from "./cap.ts";
import type { Ends } from "./jobs/ends.ts";
import type { LaneParts } from "./lane-parts.ts";
import { type Order, readOrder } from "./redis/channel.ts";
import { jobOfKey } from "./redis/keys.ts";
import { interrupted } from "./refusals.ts";
import { endText } from "./wire/job-end.ts";

export interface TenderOptions {
  readonly parts: LaneParts;
  readonly cap: Cap;
  readonly ends: Ends;
  readonly onAbort: (order: Order) => void;
}

type Answer = readonly [
  cap: number,
  declared: string,
  aborts: readonly string[],
  interrupted: readonly string[],
  gaps: number,
];

/** Soon enough that nobody has had a turn too few, in milliseconds. */
const soonMs = 50;

/** Looks after the lane from time to time: at what no message has told, and at what dead processes have left. */
export class Tender {
  readonly #options: TenderOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #tending: Promise<void> | undefined;
  #isDue = false;
  #isClosed = false;

  constructor(options: TenderOptions) {
    this.#options = options;
  }

  /** Looks now, at ends too; resolves when it has been looked at all that was so when it was called. */
  async look(): Promise<void> {
    this.#isDue = true;
    this.#options.parts.link.pulse.check();
    this.#tending ??= this.#lookUntilDone().finally(() => {
      this.#tending = undefined;
      this.#schedule();
    });
    return this.#tending;
  }

  /** There is something to do. */
  soon(): void {
    if (this.#soon !== undefined || this.#isClosed) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      void this.#tend().catch(this.#options.parts.onError);
    }, soonMs);
    this.#soon.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    const { lockMs } = this.#options.parts.settings;
    this.#timer = setTimeout(() => void this.look(), Math.min(5_000, lockMs / 2));
    this.#timer.unref();
  }

  async #lookUntilDone(): Promise<void> {
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false;
      try {
        await this.#tend();
        await this.#options.ends.lookAtAll();
      } catch (error) {
        if (!this.#isClosed) this.#options.parts.onError(error);
      }
    }
  }

  async #tend(): Promise<void> {
    const { parts, cap, onAbort } = this.#options;
    cap.refresh();
    let gaps = 1;
    while (gaps > 0 && !this.#isClosed) {
      const answer = await parts.link.script("tend", endText("failed", interrupted(parts.name)));
      const [limit, declared, aborts, failed, left] = answer as Answer;
      gaps = left;
      if (declared !== "") cap.learn(limit);
      if (declared === "" || declared === "restored") await this.#restore();
      for (let at = 1; at < aborts.length; at += 2) onAbort(readOrder(aborts[at] ?? "{}"));
      for (const key of failed) parts.tell({ type: "job-interrupted", jobId: jobOfKey(key) });
    }
  }

  async #restore(): Promise<void> {
    const { parts, cap } = this.#options;
    if (cap.known === undefined) return;
    parts.tell({ type: "redis-emptied" });
    await cap.restore();
  }
}
