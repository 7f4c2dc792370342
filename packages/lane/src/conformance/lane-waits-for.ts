import type { Lane } from "../lane.ts";

/** What a test waits for now: what it says when it is given up. */
export class Waits {
  readonly #open = new Set<{ readonly what: string }>();

  /** Returns what ends the wait. */
  begin(what: string): () => void {
    const wait = { what };
    this.#open.add(wait);
    return () => void this.#open.delete(wait);
  }

  toString(): string {
    return [...this.#open].map(({ what }) => what).join(", ") || "the end of a job";
  }
}

/** The lane itself, and a wait for each of its calls that has not been answered. */
export function watchedLane(lane: Lane, waits: Waits): Lane {
  return new Proxy(lane, {
    get: (target, key): unknown => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      return (...values: unknown[]): unknown => {
        const settled = waits.begin(`${String(key)}()`);
        const answer: unknown = Reflect.apply(member, target, values);
        void Promise.resolve(answer).then(settled, settled);
        return answer;
      };
    },
  });
}
