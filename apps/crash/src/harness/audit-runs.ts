import type { HarnessStore, RunRow } from "@executus/harness";
import type { Verdict } from "../ledger/audit.ts";
import type { Entry } from "../ledger/journal.ts";
import { answer, fileNames } from "./agents.ts";
import type { Receiver } from "./receiver.ts";

export interface RunEvidence {
  readonly entries: readonly Entry[];
  readonly rows: readonly RunRow[];
  /** Jobs that are queued or running in the end. */
  readonly leftJobs: readonly string[];
  readonly receiver: Pick<Receiver, "arrived" | "changed">;
  /** `<runId> <cell>` by the boot that died after they were done. */
  readonly doneCells: ReadonlyMap<string, ReadonlySet<string>>;
}

/** All runs of a store. */
export async function allRuns(store: Pick<HarnessStore, "listRuns">): Promise<RunRow[]> {
  return store.listRuns({ limit: Number.POSITIVE_INFINITY });
}

/** Compares what submitters were told, what agents did and what arrived with what the store says in the end. */
export function auditRuns({ entries, rows, leftJobs, receiver, doneCells }: RunEvidence): Verdict {
  const byId = new Map(rows.map((row) => [row.runId, row]));
  const notes = (word: Entry["word"]): Entry[] => entries.filter((entry) => entry.word === word);
  const accepted = new Map(notes("accepted").map(({ about, boot }) => [about, boot]));
  const starts = Map.groupBy(notes("started"), ({ about }) => about);
  const told = new Set(notes("resolved").map(({ about }) => about));
  const cancelled = new Set(notes("cancelled").map(({ about }) => about));
  const faults = [...receiver.changed].map((key) => `${key} came twice, not the same`);
  const startedTwice: string[] = [];
  for (const row of rows) {
    const { runId, agent, parentRunId } = row;
    const count = starts.get(runId)?.length ?? 0;
    if (count > 1 && (agent !== "again" || parentRunId !== undefined)) startedTwice.push(runId);
    if (parentRunId === undefined)
      faults.push(...faultsOf(row, receiver).map((fault) => `${runId} ${fault}`));
    if (told.has(runId) && row.state !== "finished") faults.push(`${runId} was told as finished`);
    if (cancelled.has(runId) && row.state === "failed" && row.failure?.code !== "HARNESS_INTERRUPTED")
      faults.push(`${runId} was cancelled, and is ${row.state}`);
  }
  for (const key of receiver.arrived.keys()) {
    if (!byId.has(key.slice(0, key.indexOf("/")))) faults.push(`${key} arrived, and there is no such run`);
  }
  for (const { boot, about, details } of notes("cell")) {
    const cell = `${about} ${details.join(" ")}`;
    if (doneCells.get(boot)?.has(cell)) faults.push(`${cell} ran again`);
  }
  const interrupted = rows.filter(
    ({ runId, failure }) => failure?.code === "HARNESS_INTERRUPTED" || (starts.get(runId)?.length ?? 0) > 1,
  );
  const takenOver = [...accepted].filter(([runId, boot]) =>
    starts.get(runId)?.some((start) => start.boot !== boot),
  );
  return {
    accepted: accepted.size,
    lost: [...accepted.keys()].filter((runId) => !byId.has(runId) || byId.get(runId)?.state === "open"),
    startedTwice,
    leftRunning: leftJobs,
    interrupted: interrupted.length,
    takenOver: takenOver.length,
    interruptedBeforeStart: interrupted.filter(({ runId }) => !starts.has(runId)).length,
    faults,
  };
}

/** A run has one last message, which says how it ended, and all its files or none. */
function faultsOf(
  { runId, agent, state, failure }: RunRow,
  { arrived }: Pick<Receiver, "arrived">,
): string[] {
  const message = arrived.get(`${runId}/0/0`);
  if (!message) return [`is ${state} and has no message`];
  const names = message.files.map(([name]) => name).toSorted();
  if (state === "finished") {
    const isWhole = message.text === answer && names.join() === fileNames.join();
    return isWhole
      ? []
      : [`finished, and its message says "${message.text}" with ${names.join() || "no files"}`];
  }
  const says = state === "cancelled" ? `${agent} was cancelled.` : `(${failure?.code})`;
  const faults =
    message.text.endsWith(says) && names.length === 0 ? [] : [`is ${state}, told "${message.text}"`];
  return agent === "again" && state === "failed"
    ? [...faults, `may run again, and has failed: ${failure?.code} ${failure?.message}`]
    : faults;
}
