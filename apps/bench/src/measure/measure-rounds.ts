import type { Entry } from "./case.ts";
import { collectGarbage } from "./heap.ts";

/** Figures by entry: for each round, one for each column. */
export type Figures = Readonly<Record<string, readonly (readonly number[])[]>>;

export interface RoundOptions {
  readonly rounds: number;
  /** A fiftieth of the jobs: shows that a case works, and says little about speed. */
  readonly quick: boolean;
}

const warmUpCount = 20_000;
const warmUps = 2;
const quickDivisor = 50;

/**
 * Measures entries in turns: round after round, each begun by another one, so that neither drift of the machine nor the
 * place in the order favours anybody. Each entry is run a few times before the first round.
 */
export async function measureRounds(
  entries: readonly Entry[],
  { rounds, quick }: RoundOptions,
): Promise<Figures> {
  const figures: Record<string, (readonly number[])[]> = {};
  for (const entry of entries) {
    figures[entry.name] = [];
    const count = Math.min(warmUpCount, countOf(entry, quick));
    for (let time = 0; time < (quick ? 1 : warmUps); time += 1) await entry.measure(count);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of turnsOf(entries, round)) {
      // What the one before has left behind is not to be collected at this one's cost.
      collectGarbage();
      figures[entry.name]?.push(await entry.measure(countOf(entry, quick)));
    }
  }
  return figures;
}

/** The entries in the order of a round: each round is begun by another one. */
export function turnsOf(entries: readonly Entry[], round: number): Entry[] {
  const first = round % entries.length;
  return [...entries.slice(first), ...entries.slice(0, first)];
}

/** How many jobs a round measures. */
export function countOf(entry: Entry, quick: boolean): number {
  return quick ? Math.ceil(entry.count / quickDivisor) : entry.count;
}
