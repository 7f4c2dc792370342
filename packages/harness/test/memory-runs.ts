import type { NewRun, RunRow, RunStore, StoredCell } from "../src/run-store.ts";

/** A run store for these tests: in memory, as short as can be. */
export function memoryRuns(): RunStore {
  const rows = new Map<string, RunRow>();
  const events = new Map<string, string[]>();
  const cells = new Map<string, Map<string, string>>();
  let sequence = 0;
  const same = (row: RunRow, run: NewRun): boolean =>
    (["runId", "agent", "caller", "key", "input", "details"] as const).every(
      (name) => row[name] === run[name],
    );
  return {
    async createRun(run) {
      const { runId, agent, caller, key } = run;
      const known =
        rows.get(runId) ??
        [...rows.values()].find(
          (row) => key !== undefined && row.key === key && row.agent === agent && row.caller === caller,
        );
      if (known) {
        const again = same(known, run) && known.state === "open" && known.result === undefined;
        return { created: again, run: known };
      }
      const row: RunRow = { ...run, sequence: ++sequence, state: "open", createdAt: 0 };
      rows.set(runId, row);
      return { created: true, run: row };
    },
    async getRun(runId) {
      return rows.get(runId);
    },
    async listRuns({ caller, states, rootRunId, roots, afterSequence = 0, limit = 1_000 } = {}) {
      return [...rows.values()]
        .filter(
          (row) =>
            (caller === undefined || row.caller === caller) &&
            (states === undefined || states.includes(row.state)) &&
            (rootRunId === undefined || row.rootRunId === rootRunId) &&
            (!roots || row.parentRunId === undefined) &&
            row.sequence > afterSequence,
        )
        .slice(0, limit);
    },
    async recordRunResult(runId, result) {
      const row = rows.get(runId);
      if (!row || row.state !== "open") return false;
      if (row.result !== undefined) return row.result === result;
      rows.set(runId, { ...row, result });
      return true;
    },
    async endRun({ runId, state, failure }) {
      const row = rows.get(runId);
      if (!row) return false;
      if (row.state !== "open") return row.state === state;
      rows.set(runId, { ...row, state, failure, endedAt: 0 });
      return true;
    },
    async appendRunEvents(runId, told) {
      if (!rows.has(runId)) return 0;
      const list = events.get(runId) ?? [];
      events.set(runId, list);
      return list.push(...told);
    },
    async listRunEvents(runId, { afterNumber = 0, limit = 1_000 } = {}) {
      const list = (events.get(runId) ?? []).map((event, index) => ({ number: index + 1, event }));
      return list.slice(afterNumber, afterNumber + limit);
    },
    async putRunCell(runId, { cell, value }: StoredCell) {
      if (!rows.has(runId)) return false;
      const known = cells.get(runId) ?? new Map<string, string>();
      cells.set(runId, known);
      if (known.has(cell)) return known.get(cell) === value;
      known.set(cell, value);
      return true;
    },
    async listRunCells(runId) {
      return [...(cells.get(runId) ?? [])].map(([cell, value]) => ({ cell, value }));
    },
    async purgeRuns() {
      return 0;
    },
  };
}
