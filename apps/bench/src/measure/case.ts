/** Who is measured: a limit written out by hand, somebody else's queue, or ours. */
export type Kind = "raw" | "peer" | "ours";

/** One row of a case: something that is measured once in each round. */
export interface Entry {
  /** Unique within its case. */
  readonly name: string;
  readonly kind: Kind;
  /** How many jobs one full round measures; `--quick` and the warm-up use fewer. */
  readonly count: number;
  /** Stands for the raw limit in this row instead of the case's. */
  readonly raw?: string | undefined;
  /** Said below the table, such as why it got fewer jobs than the others. */
  readonly note?: string | undefined;
  /** Returns one figure for each column of the case. */
  readonly measure: (count: number) => Promise<readonly number[]>;
}

/** What a figure of ours should be, stated as a bound that may not be passed. */
export type Target = Judged & (Upper | Lower);

interface Judged {
  readonly level: "must" | "goal";
  /** The entry whose figure is judged. */
  readonly ours: string;
  /** The entry that it is divided by; without one, the bound is an absolute figure. */
  readonly against?: string | undefined;
  /** Index of the column. @default 0 */
  readonly column?: number | undefined;
}

interface Upper {
  readonly atMost: number;
  readonly atLeast?: undefined;
}

/** For figures of which more is better, such as rates. */
interface Lower {
  readonly atLeast: number;
  readonly atMost?: undefined;
}

/** One question, and everybody whom it is put to. */
export interface Case {
  /** For `--case`: kebab-case. */
  readonly name: string;
  readonly title: string;
  /** Units, such as `ns/job`. */
  readonly columns: readonly string[];
  /** The entry that stands for the raw limit: every row shows its ratio to it, in the first column. */
  readonly raw?: string | undefined;
  /**
   * `case`: one process, in which the entries take turns. `figure`: a process for each figure, where they would disturb each
   * other, as they do in the heap.
   */
  readonly process: "case" | "figure";
  /** Fewer than were asked for, where every round gives the same figure or one round is long. */
  readonly maxRounds?: number | undefined;
  readonly entries: readonly Entry[];
  readonly targets: readonly Target[];
  /** Said below the table: who is missing, and why. */
  readonly notes?: readonly string[] | undefined;
  /** Ends what the entries share, such as a server. Called once all have been measured. */
  readonly close?: (() => Promise<void>) | undefined;
}
