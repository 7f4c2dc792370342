import type { Cap } from "./cap.ts";
import type { Ends } from "./jobs/ends.ts";
import type { LaneParts } from "./lane-parts.ts";
import { jobOfKey } from "./redis/keys.ts";
import { interrupted } from "./refusals.ts";
import { fromThrownJson, type ThrownJson } from "./wire/error-json.ts";
import { endText } from "./wire/job-end.ts";

export interface TenderOptions {
  readonly parts: LaneParts;
  readonly cap: Cap;
  readonly ends: Ends;
  readonly onAbort: (jobId: string, reason: unknown) => void;
}

type Answer = readonly [
  cap: number,
  isKnown: number,
  aborts: readonly string[],
  interrupted: readonly string[],
];

/** Looks after the lane from time to time: at what no message has told, and at what dead processes have left. */
export class Tender {
  readonly #options: TenderOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tending: Promise<void> | undefined;
  #isDue = false;
  #isClosed = false;

  constructor(options: TenderOptions) {
    this.#options = options;
  }

  start(): void {
    const { lockMs } = this.#options.parts.settings;
    this.#timer = setTimeout(() => void this.look(), Math.min(5_000, lockMs / 2));
    this.#timer.unref();
  }

  /** Looks now; resolves when it has been looked at all that was so when it was called. */
  async look(): Promise<void> {
    this.#isDue = true;
    this.#tending ??= this.#lookUntilDone().finally(() => {
      this.#tending = undefined;
      if (!this.#isClosed) this.start();
    });
    return this.#tending;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #lookUntilDone(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false;
      try {
        await this.#look();
      } catch (error) {
        if (!this.#isClosed) this.#options.parts.onError(error);
      }
    }
  }

  async #look(): Promise<void> {
    const { parts, cap, ends, onAbort } = this.#options;
    cap.refresh();
    const answer = await parts.link.script("tend", endText("failed", interrupted(parts.name)));
    const [limit, isKnown, aborts, failed] = answer as Answer;
    if (isKnown === 1) cap.learn(limit);
    else if (cap.known !== undefined) {
      parts.tell({ type: "redis-emptied" });
      await cap.restore();
    }
    for (let at = 0; at < aborts.length; at += 2)
      onAbort(jobOfKey(aborts[at] ?? ""), fromThrownJson(JSON.parse(aborts[at + 1] ?? "{}") as ThrownJson));
    for (const key of failed) parts.tell({ type: "job-interrupted", jobId: jobOfKey(key) });
    await ends.lookAtAll();
  }
}
