import type { Target } from "../measure/case.ts";
import { median } from "../measure/median.ts";
import type { Figures } from "../measure/measure-rounds.ts";

/** A target and what was reached. */
export type Verdict = Target & {
  /** A ratio where the target is one, otherwise the figure itself. */
  readonly reached: number;
  /** The same of the best rounds, the lowest or the highest: where it differs much, others were using the machine. */
  readonly reachedAtBest: number;
  readonly isMet: boolean;
};

/** The median of an entry's rounds in a column. */
export function medianOf(figures: Figures, name: string, column = 0): number {
  return median(roundsOf(figures, name, column));
}

function lowestOf(figures: Figures, name: string, column = 0): number {
  return Math.min(...roundsOf(figures, name, column));
}

function highestOf(figures: Figures, name: string, column = 0): number {
  return Math.max(...roundsOf(figures, name, column));
}

/** An entry's figures in a column, one for each round. */
export function roundsOf(figures: Figures, name: string, column = 0): number[] {
  return (figures[name] ?? []).map((round) => round[column] ?? Number.NaN);
}

/** Compares the medians with a target: of ratios, that of the two medians. */
export function judge(target: Target, figures: Figures): Verdict {
  const { ours, against, atMost, atLeast, column } = target;
  const compare = (take: (figures: Figures, name: string, column?: number) => number): number =>
    take(figures, ours, column) / (against === undefined ? 1 : take(figures, against, column));
  const reached = compare(medianOf);
  const isMet = atMost === undefined ? reached >= atLeast : reached <= atMost;
  return { ...target, reached, reachedAtBest: compare(atMost === undefined ? highestOf : lowestOf), isMet };
}
