import type { Case, Kind } from "../measure/case.ts";
import { countOf, type Figures, type RoundOptions } from "../measure/measure-rounds.ts";
import { judge, medianOf, roundsOf, type Verdict } from "./judge.ts";

/** One contestant of a case. */
export interface Row {
  readonly name: string;
  readonly kind: Kind;
  /** Jobs that each round measured. */
  readonly jobs: number;
  /** Of the rounds, one for each column. */
  readonly medians: readonly number[];
  /** The lowest and the highest of the rounds, in the first column. */
  readonly range: readonly [lowest: number, highest: number];
  /** To the raw limit, in the first column. */
  readonly ratioToRaw?: number | undefined;
  readonly note?: string | undefined;
}

/** What is printed and written of a case. */
export interface CaseReport {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  readonly verdicts: readonly Verdict[];
}

export function reportCase(
  measured: Case,
  figures: Figures,
  { quick }: Pick<RoundOptions, "quick">,
): CaseReport {
  const { name, title, columns, raw, entries, targets, notes = [] } = measured;
  const rows = entries.map((entry): Row => {
    const first = roundsOf(figures, entry.name);
    const medians = columns.map((_, column) => medianOf(figures, entry.name, column));
    return {
      name: entry.name,
      kind: entry.kind,
      jobs: countOf(entry, quick),
      medians,
      range: [Math.min(...first), Math.max(...first)],
      ratioToRaw: ratioTo(entry.raw ?? raw, medians[0], figures),
      note: entry.note,
    };
  });
  return { name, title, columns, rows, notes, verdicts: targets.map((target) => judge(target, figures)) };
}

function ratioTo(raw: string | undefined, figure: number | undefined, figures: Figures): number | undefined {
  return raw === undefined ? undefined : (figure ?? Number.NaN) / medianOf(figures, raw);
}
