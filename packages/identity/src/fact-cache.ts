import type { Epochs } from "./epochs.ts";
import { IdentityError } from "./errors.ts";

/** Something that was found out, and when it was asked for. */
export interface Fact<T> {
  readonly value: T;
  /** Of the oldest thing that it rests on, in epoch milliseconds. */
  readonly asOf: number;
}

/** A question that has an answer to keep. */
export interface Question<T> {
  readonly key: string;
  /** Whose revocation makes the answer void. */
  readonly scopes: readonly string[];
  /** Takes no answer from before, neither kept nor on its way. */
  readonly fresh: boolean;
  /** How old an answer may be, by what it says; 0 is one that is not kept. */
  readonly maxAgeMs: (value: T) => number;
  /** Finds the answer out. `startedAt` is its age unless it rests on something older. */
  ask(startedAt: number): Promise<Fact<T>>;
}

interface Numbered {
  readonly asked: number;
  readonly scopes: readonly string[];
}

type Entry<T> = Fact<T> & Numbered;
type Flight<T> = Numbered & { readonly promise: Promise<Fact<T>> };

export interface FactCacheOptions {
  readonly epochs: Epochs;
  readonly now: () => number;
  readonly maxEntries: number;
}

const maxTries = 3;

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

  /** The answer: kept, on its way, or asked for. An answer that was revoked on its way is asked for again. */
  find(question: Question<T>, tries = 1): Promise<Fact<T>> {
    const { key, scopes, fresh } = question;
    if (!fresh) {
      const kept = this.recall(key, question.maxAgeMs);
      if (kept) return Promise.resolve(kept);
      const other = this.#flights.get(key);
      if (other && !this.#options.epochs.isRevoked(scopes, other.asked)) return other.promise;
    }
    const asked = this.#options.epochs.next();
    const flight: Flight<T> = { asked, scopes, promise: this.#ask(question, asked, tries) };
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.promise.then(land, land);
    return flight.promise;
  }

  async #ask(question: Question<T>, asked: number, tries: number): Promise<Fact<T>> {
    // Later: a question that asks itself, by way of a policy, then finds this flight instead of starting another one.
    await Promise.resolve();
    const { epochs, now } = this.#options;
    const fact = await question.ask(now());
    if (!epochs.isRevoked(question.scopes, asked)) {
      this.#keep(question, asked, fact);
      return fact;
    }
    if (tries < maxTries) return this.find(question, tries + 1);
    const message = `Cannot find out: rights were revoked each of ${maxTries} times before the answer came`;
    throw new IdentityError("IDENTITY_LOOKUP_FAILED", message, { retryable: true });
  }

  #keep({ key, scopes, maxAgeMs }: Question<T>, asked: number, { value, asOf }: Fact<T>): void {
    const { maxEntries } = this.#options;
    const older = this.#entries.get(key);
    // An answer that took longer than that to a later question.
    if (maxEntries === 0 || !(maxAgeMs(value) > 0) || (older && older.asked > asked)) return;
    this.#entries.delete(key);
    if (this.#entries.size >= maxEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, { value, asOf, asked, scopes });
  }
}
