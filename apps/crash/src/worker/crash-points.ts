import { setTimeout as schedule } from "node:timers";
import type { Journal } from "../ledger/journal.ts";
import type { Point } from "../plan/points.ts";
import type { Random } from "../plan/random.ts";
import type { Mishap } from "../plan/worker-order.ts";
import { block, blockUntilFile } from "./wait-for-file.ts";

/** Counts how often each point is passed, and lets happen there what was planned. */
export class CrashPoints {
  readonly #journal: Journal;
  readonly #random: Random;
  readonly #left: { readonly mishap: Mishap; visits: number }[];

  constructor(mishaps: readonly Mishap[], journal: Journal, random: Random) {
    this.#journal = journal;
    this.#random = random;
    this.#left = mishaps.map((mishap) => ({ mishap, visits: mishap.visit }));
  }

  /** If something is planned for that point. */
  has(point: Point): boolean {
    return this.#left.some(({ mishap }) => mishap.point === point);
  }

  /** Does not return if the worker is to die here. */
  reach(point: Point): void {
    const mishap = this.#due(point);
    if (mishap) this.#happen(mishap);
  }

  /** What is planned happens a little later, beside what is done in the meantime. */
  reachSoon(point: Point, withinMs: number): void {
    const mishap = this.#due(point);
    if (!mishap) return;
    const delayMs = this.#random.between(0, withinMs);
    if (delayMs === 0) setImmediate(() => this.#happen(mishap));
    else schedule(() => this.#happen(mishap), delayMs);
  }

  #due(point: Point): Mishap | undefined {
    const planned = this.#left.find(({ mishap }) => mishap.point === point);
    if (!planned) return undefined;
    planned.visits -= 1;
    if (planned.visits > 0) return undefined;
    this.#left.splice(this.#left.indexOf(planned), 1);
    return planned.mishap;
  }

  #happen({ point, blockMs, blockUntil }: Mishap): void {
    this.#journal.note("point", point);
    if (blockMs !== undefined) block(blockMs);
    else if (blockUntil !== undefined) blockUntilFile(blockUntil);
    else die();
  }
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  // Where the signal takes its time nothing more is done.
  for (;;) block(1_000);
}
