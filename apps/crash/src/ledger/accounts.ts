import type { Entry } from "./journal.ts";

/** What the journals say of one job. */
export interface Account {
  readonly jobId: string;
  readonly isAccepted: boolean;
  /** How often its code was entered. */
  readonly starts: number;
  readonly isDone: boolean;
  /** Somebody was about to cancel or abort it. */
  readonly isAsked: boolean;
  /** `cancel` said that it is cancelled. */
  readonly isCancelled: boolean;
  /** Its submitter was told its result. */
  readonly isResolved: boolean;
  /** The ends that the store confirmed, as `<state> <epoch>`. */
  readonly ends: readonly string[];
  /** One of the processes that had it closed its lane. */
  readonly isClosing: boolean;
}

/** One account for each job that anybody was about to submit or that ran. */
export function accountsOf(entries: readonly Entry[]): Map<string, Account> {
  const closing = new Set(entries.filter(({ word }) => word === "closing").map(({ boot }) => boot));
  const byJob = Map.groupBy(
    entries.filter(({ word }) => !["point", "closing", "recovered", "trouble"].includes(word)),
    ({ about }) => about,
  );
  return new Map([...byJob].map(([jobId, own]) => [jobId, accountOf(jobId, own, closing.size > 0)]));
}

function accountOf(jobId: string, own: readonly Entry[], isClosing: boolean): Account {
  const says = (wanted: Entry["word"]): boolean => own.some(({ word }) => word === wanted);
  return {
    jobId,
    isAccepted: says("accepted"),
    starts: own.filter(({ word }) => word === "started").length,
    isDone: says("done"),
    isAsked: says("asked"),
    isCancelled: says("cancelled"),
    isResolved: says("resolved"),
    ends: own.filter(({ word }) => word === "ended").map(({ details }) => details.join(" ")),
    isClosing,
  };
}
