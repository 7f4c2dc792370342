import { kindOf, requireObject, requireString } from "./check-arguments.ts";
import { cutText, utf8Length } from "./cut-text.ts";
import { requireNameBytes, splitName } from "./safe-name.ts";

export interface UniqueNameOptions {
  /** Of the whole name, in UTF-8, from 16 to 255. @default 120 */
  readonly maxBytes?: number | undefined;
}

/**
 * The name itself, or with a number before its extension (`report (2).md`) if a name in `taken` is the same where case,
 * Unicode form and invisible characters do not count.
 *
 * @param name a safe name, as `safeName` makes it
 */
export function uniqueName(
  name: string,
  taken: ReadonlySet<string>,
  options: UniqueNameOptions = {},
): string {
  requireObject(options, "Cannot make name unique: 'options'");
  const { maxBytes = 120 } = options;
  requireString(name, "Cannot make name unique: the name");
  requireSet(taken);
  requireNameBytes(maxBytes, "Cannot make name unique: 'maxBytes'");
  const names = new NameRegister();
  for (const other of taken) names.take(other);
  return names.claim(name, maxBytes);
}

function requireSet(taken: unknown): void {
  if (typeof taken === "object" && taken !== null && Symbol.iterator in taken) return;
  throw new TypeError(`Cannot make name unique: 'taken' must be a set of strings: received ${kindOf(taken)}`);
}

/** A name that was made of another by a number. */
interface Numbered {
  readonly base: string;
  readonly number: number;
}

/** The names of one run's files. */
export class NameRegister {
  readonly #taken = new Map<string, Numbered | undefined>();
  /** The lowest number that may be free, so that a thousand files of one name do not try all before it. */
  readonly #next = new Map<string, number>();

  take(name: string): void {
    this.#taken.set(foldName(name), undefined);
  }

  /** Takes the name, or the first numbered one that is free. */
  claim(name: string, maxBytes: number): string {
    const base = foldName(name);
    if (!this.#taken.has(base)) {
      this.#taken.set(base, undefined);
      return name;
    }
    for (let number = this.#next.get(base) ?? 2; ; number += 1) {
      const numbered = numberName(name, number, maxBytes);
      const folded = foldName(numbered);
      if (this.#taken.has(folded)) continue;
      this.#taken.set(folded, { base, number });
      this.#next.set(base, number + 1);
      return numbered;
    }
  }

  release(name: string): void {
    const folded = foldName(name);
    const numbered = this.#taken.get(folded);
    this.#taken.delete(folded);
    if (!numbered) return;
    const { base, number } = numbered;
    if (number === 2) this.#next.delete(base);
    else this.#next.set(base, Math.min(number, this.#next.get(base) ?? number));
  }
}

/** Up, then down: letters with several small or large forms (ſ, ß, K) meet only so. */
function foldName(name: string): string {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return seen.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

function numberName(name: string, number: number, maxBytes: number): string {
  const [stem, extension] = splitName(name);
  const suffix = ` (${number})`;
  const room = maxBytes - suffix.length - utf8Length(extension);
  // An extension that leaves no room is cut with the stem.
  if (room < 1) return cutText(name, maxBytes - suffix.length).replace(/(?<![ .])[ .]+$/, "") + suffix;
  return (cutText(stem, room).replace(/(?<![ .])[ .]+$/, "") || "_") + suffix + extension;
}
