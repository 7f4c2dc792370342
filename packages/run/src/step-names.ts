/** Names for open steps: in AG-UI a step is known by its name, which is open once at a time. */
export class StepNames {
  readonly #open = new Set<string>();
  /** The last number given to a name while it is in use. */
  readonly #numbers = new Map<string, { last: number; openCount: number }>();

  /** The name itself, or with a number where that is taken: `"test #2"`. */
  take(name: string): string {
    const number = this.#numbers.get(name) ?? { last: 0, openCount: 0 };
    this.#numbers.set(name, number);
    number.openCount += 1;
    let taken: string;
    do {
      number.last += 1;
      taken = number.last === 1 ? name : `${name} #${number.last}`;
    } while (this.#open.has(taken));
    this.#open.add(taken);
    return taken;
  }

  /** `taken` is what `take(name)` gave. */
  release(name: string, taken: string): void {
    this.#open.delete(taken);
    const number = this.#numbers.get(name);
    if (number && (number.openCount -= 1) === 0) this.#numbers.delete(name);
  }
}
