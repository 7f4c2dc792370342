import type { Epochs } from "./epochs.ts";

/** Something that was found out. */
export interface Fact<T> {
  readonly value: T;
  /** When the oldest thing that it rests on was asked for, in epoch milliseconds. */
  readonly asOf: number;
  /** False where something failed on the way: then it is not kept. */
  readonly isSound: boolean;
}

/** A question whose answer may be kept. */
export interface Question<T> {
  readonly key: string;
  /** Whose revocation makes the answer void. */
  readonly scopes: readonly string[];
  /** Takes no answer from before, neither kept nor on its way. */
  readonly fresh: boolean;
  /** How old an answer may be, by what it says. */
  readonly maxAgeMs: (value: T) => number;
  ask(startedAt: number): Promise<Fact<T>>;
}

/** The number of its question, by the epochs. */
type Entry<T> = Fact<T> & { readonly asked: number; readonly scopes: readonly string[] };

interface Flight<T> {
  readonly asked: number;
  readonly answer: Promise<Fact<T>>;
}

export interface FactCacheOptions {
  readonly epochs: Epochs;
  readonly now: () => number;
  readonly maxEntries: number;
}

/** Answers to questions: each is asked once at a time, kept for a while, and void once revoked. A failure is not kept. */
export class FactCache<T> {
  readonly #options: FactCacheOptions;
  /** The oldest first. */
  readonly #entries = new Map<string, Entry<T>>();
  readonly #flights = new Map<string, Flight<T>>();

  constructor(options: FactCacheOptions) {
    this.#options = options;
  }

  /** The answer that is kept, if it is neither too old nor void. */
  recall(key: string, maxAgeMs: (value: T) => number): Fact<T> | undefined {
    // First, as it may find out that the clock went backwards.
    const now = this.#options.now();
    const entry = this.#entries.get(key);
    if (!entry || !(now - entry.asOf < maxAgeMs(entry.value))) return undefined;
    return this.#options.epochs.isRevoked(entry.scopes, entry.asked) ? undefined : entry;
  }

  /** The answer: kept, on its way, or asked for. Whoever waits for one has to look if it was revoked meanwhile. */
  find(question: Question<T>): Promise<Fact<T>> {
    const { key, scopes, fresh, maxAgeMs } = question;
    const { epochs } = this.#options;
    if (!fresh) {
      const kept = this.recall(key, maxAgeMs);
      if (kept) return Promise.resolve(kept);
      const other = this.#flights.get(key);
      if (other && !epochs.isRevoked(scopes, other.asked)) return other.answer;
    }
    const asked = epochs.next();
    const flight: Flight<T> = { asked, answer: this.#ask(question, asked) };
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.answer.then(land, land);
    return flight.answer;
  }

  async #ask(question: Question<T>, asked: number): Promise<Fact<T>> {
    // Later: a question that asks itself, by way of a policy, then finds this flight instead of starting another one.
    await Promise.resolve();
    const fact = await question.ask(this.#options.now());
    this.#keep(question, asked, fact);
    return fact;
  }

  #keep({ key, scopes }: Question<T>, asked: number, fact: Fact<T>): void {
    const { maxEntries } = this.#options;
    if (maxEntries === 0 || !fact.isSound) return;
    // A later question may have been answered sooner.
    if ((this.#entries.get(key)?.asked ?? 0) > asked) return;
    this.#entries.delete(key);
    const [oldest] = this.#entries.size < maxEntries ? [] : this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, { ...fact, asked, scopes });
  }
}
