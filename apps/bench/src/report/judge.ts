import type { Target } from "../measure/case.ts";
import { median } from "../measure/median.ts";
import type { Figures } from "../measure/measure-rounds.ts";

/** A target and what was reached. */
export interface Verdict extends Target {
  /** A ratio where the target is one, otherwise the figure itself. */
  readonly reached: number;
  readonly isMet: boolean;
}

/** The median of an entry's rounds in a column. */
export function medianOf(figures: Figures, name: string, column = 0): number {
  return median((figures[name] ?? []).map((round) => round[column] ?? Number.NaN));
}

/** Compares the medians with a target: of ratios, that of the two medians. */
export function judge(target: Target, figures: Figures): Verdict {
  const { ours, against, atMost, column } = target;
  const figure = medianOf(figures, ours, column);
  const reached = against === undefined ? figure : figure / medianOf(figures, against, column);
  return { ...target, reached, isMet: reached <= atMost };
}
