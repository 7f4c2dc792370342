import { unref } from "../unref.ts";

/** Runs of which this process does not know how they stand: looked at again and again until that is known. */
export class Doubts {
  readonly #look: (runId: string) => Promise<boolean>;
  readonly #everyMs: number;
  readonly #runIds = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  /** @param look resolves with `true` if nothing is left to do; rejects if the store does not answer */
  constructor(look: (runId: string) => Promise<boolean>, everyMs: number) {
    this.#look = look;
    this.#everyMs = everyMs;
  }

  get size(): number {
    return this.#runIds.size;
  }

  add(runId: string): void {
    if (this.#isClosed) return;
    this.#runIds.add(runId);
    this.#schedule();
  }

  /** Resolves when no look is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#runIds.clear();
    await this.#looking;
  }

  #schedule(): void {
    if (this.#looking || this.#isClosed || this.#runIds.size === 0) return;
    const look = (): void => {
      this.#looking = this.#lookAtAll();
    };
    this.#timer ??= unref(setTimeout(look, this.#everyMs));
  }

  async #lookAtAll(): Promise<void> {
    this.#timer = undefined;
    for (const runId of this.#runIds) {
      if (this.#isClosed) return;
      const isKnown = await this.#look(runId).catch(() => false);
      if (isKnown) this.#runIds.delete(runId);
    }
    this.#looking = undefined;
    this.#schedule();
  }
}
