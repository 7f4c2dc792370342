import { isScarce, maxVisits, type Point } from "./points.ts";
import type { Random } from "./random.ts";
import type { Mishap, Task } from "./worker-order.ts";

/** How one worker is to die, and what it does until then. */
export interface Death {
  readonly task: Task;
  readonly mishaps: readonly Mishap[];
  /** When its parent kills it at the latest, in milliseconds from when it is up. */
  readonly killAfterMs: number;
  /** The whole process stands still for a while before that, wherever it is, its threads and locks included. */
  readonly freeze?: { readonly afterMs: number; readonly forMs: number };
}

export interface DeathOptions {
  readonly random: Random;
  readonly points: readonly Point[];
  readonly leaseMs: number;
  /** If event loops stand still for longer than the lease before their worker dies. */
  readonly blocks: boolean;
}

export interface Deaths {
  next(): Death;
  /** Of a death that was planned for this point nothing came: it is planned once more. */
  missed(point: Point): void;
}

/** A point that is not reached in so long is given up for this time. */
const lifeMs = 4_000;
/** So many of all kills are at named points. */
const namedShare = 0.6;

/** Plans deaths without end: at every point in turn, the scarce ones first, and at random times in between. */
export function createDeaths({ random, points, leaseMs, blocks }: DeathOptions): Deaths {
  const due: Point[] = [];
  let hasBegun = false;
  const next = (): Death => {
    if (blocks) return random.chance(0.5) ? stalled() : frozen();
    // The first one finds nothing that could be taken over.
    const isFirst = !hasBegun;
    hasBegun = true;
    return !isFirst && random.chance(namedShare) ? named() : atRandom();
  };
  return { next, missed: (point) => void due.push(point) };

  function named(): Death {
    if (due.length === 0) due.push(...scarceFirst());
    const point = due.shift() ?? "job:entered";
    const closes = point === "closing" || point.startsWith("release:");
    const mishap = { point, visit: random.between(1, maxVisits(point)) };
    return { task: taskOf(closes), mishaps: [mishap], killAfterMs: lifeMs };
  }

  function scarceFirst(): Point[] {
    const shuffled = random.shuffled(points);
    return [...shuffled.filter(isScarce), ...shuffled.filter((point) => !isScarce(point))];
  }

  function atRandom(): Death {
    // While it starts, before it has taken anything over, and when it has.
    const [from, to] = random.pick<readonly [number, number]>([
      [0, 60],
      [0, leaseMs],
      [leaseMs, 3 * leaseMs],
    ]);
    return { task: taskOf(random.chance(0.15)), mishaps: [], killAfterMs: random.between(from, to) };
  }

  /** Stands still for long enough to lose its jobs, wakes up, and goes on for a while. */
  function stalled(): Death {
    const { task, mishaps } = named();
    const blockMs = random.between(1.5 * leaseMs, 3 * leaseMs);
    const killAfterMs = blockMs + random.between(leaseMs, 3 * leaseMs);
    return { task, mishaps: mishaps.map((mishap) => ({ ...mishap, blockMs })), killAfterMs };
  }

  function frozen(): Death {
    const afterMs = random.between(0, 2 * leaseMs);
    const forMs = random.between(1.5 * leaseMs, 3 * leaseMs);
    const killAfterMs = afterMs + forMs + random.between(0, 2 * leaseMs);
    return { task: taskOf(false), mishaps: [], killAfterMs, freeze: { afterMs, forMs } };
  }

  function taskOf(closes: boolean): Task {
    const recoversFirst = random.chance(0.3);
    return { kind: "load", recoversFirst, ...(closes && { closeAfterMs: random.between(20, 2 * leaseMs) }) };
  }
}
