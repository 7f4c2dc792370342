import type { RunEnd, RunFailure, RunRow, RunStore } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore, wrongRows } from "./wrong-run-store.ts";

const keeps = "recordRunResult() keeps the result of an open run, which stays open";
const other = "recordRunResult() of another result resolves with false, and the first one stays";
const same = "recordRunResult() of the same result again resolves with true while the run is open";
const late = "recordRunResult() of a run that has ended, or of none, resolves with false and keeps nothing";

const ends =
  "endRun() ends an open run in the state and with the failure that are given, and keeps its result";
const alone = "endRun() leaves the other runs of the tree open";
const otherwise = "endRun() of a run that ended otherwise resolves with false and changes nothing";
const again = "endRun() again resolves with true and changes nothing, not even the failure's text";
const none = "endRun() of a run that is not there resolves with false and writes none";

export const wrongResults: readonly WrongRunStore[] = [
  wrong(keeps, "keeps no result", () => ({ recordRunResult: async () => true })),
  wrong(keeps, "finishes a run with its result", (inner) => ({
    recordRunResult: async (runId, result) => {
      const isKept = await inner.recordRunResult(runId, result);
      await inner.endRun({ runId, state: "finished" });
      return isKept;
    },
  })),
  wrong(keeps, "says that a result is not kept", (inner) => ({
    recordRunResult: async (runId, result) => !(await inner.recordRunResult(runId, result)),
  })),
  wrong(keeps, "gives every run the result", (inner) => {
    let last: string | undefined;
    const withLast = (row: RunRow): RunRow => ({ ...row, result: last ?? row.result });
    return {
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && withLast(row);
      },
      recordRunResult: async (runId, result) => {
        last = result;
        return inner.recordRunResult(runId, result);
      },
    };
  }),
  wrong(other, "keeps the last result", (inner) => lastResult(inner)),
  wrong(other, "says that another result is kept", (inner) => ({
    recordRunResult: async (runId, result) => {
      await inner.recordRunResult(runId, result);
      return (await inner.getRun(runId))?.result !== undefined;
    },
  })),
  wrong(other, "compares what JSON means", (inner) => ({
    recordRunResult: async (runId, result) =>
      inner.recordRunResult(runId, JSON.stringify(JSON.parse(result))),
  })),
  wrong(same, "takes one result once", (inner) => {
    const known = new Set<string>();
    return {
      recordRunResult: async (runId, result) => {
        const isKept = await inner.recordRunResult(runId, result);
        return isKept && !known.has(runId) && known.add(runId) === known;
      },
    };
  }),
  wrong(same, "does not see that the run has ended since", (inner) => ({
    recordRunResult: async (runId, result) =>
      (await inner.recordRunResult(runId, result)) || (await inner.getRun(runId))?.result === result,
  })),
  wrong(late, "keeps a result of a run that has ended", (inner) => lastResult(inner)),
  ...(["finished", "failed", "cancelled"] as const).map((state) =>
    wrong(late, `takes a result of a run that is ${state}`, (inner) => ({
      recordRunResult: async (runId, result) =>
        (await inner.recordRunResult(runId, result)) || (await inner.getRun(runId))?.state === state,
    })),
  ),
  wrong(late, "keeps a result of a run that nobody created", (inner) => lastResult(inner)),
  wrong(late, "takes a result of no run", (inner) => ({
    recordRunResult: async (runId, result) =>
      (await inner.recordRunResult(runId, result)) || (await inner.getRun(runId)) === undefined,
  })),
];

export const wrongEnds: readonly WrongRunStore[] = [
  wrong(ends, "fails what is cancelled", (inner) => ({
    endRun: async (end) => inner.endRun({ ...end, state: end.state === "cancelled" ? "failed" : end.state }),
  })),
  wrong(ends, "keeps no failure", (inner) => ({
    endRun: async ({ runId, state }) => inner.endRun({ runId, state }),
  })),
  wrong(ends, "makes up a failure", (inner) => ({
    endRun: async ({ failure = { code: "UNKNOWN", message: "" }, ...end }) =>
      inner.endRun({ ...end, failure: end.state === "finished" ? undefined : failure }),
  })),
  wrongRows(ends, "drops the result of a run that fails", () => ({ state, result }) => ({
    result: state === "failed" ? undefined : result,
  })),
  wrong(alone, "ends the children with their parent", (inner) => endsTree(inner, ({ runId }) => runId)),
  wrong(alone, "ends the root when a child fails", (inner) => endsTree(inner, ({ rootRunId }) => rootRunId)),
  wrong(otherwise, "keeps the last end", (inner) => lastEnd(inner)),
  wrong(otherwise, "says true of a run that has ended, however", (inner) => ({
    endRun: async (end) => (await inner.endRun(end)) || (await inner.getRun(end.runId)) !== undefined,
  })),
  wrong(otherwise, "does not look at the failure's code", (inner) => ({
    endRun: async (end) => (await inner.endRun(end)) || (await inner.getRun(end.runId))?.state === end.state,
  })),
  wrong(again, "says false of an end that was made", (inner) => ({
    endRun: async (end) => ((await inner.getRun(end.runId))?.state === "open" ? inner.endRun(end) : false),
  })),
  wrong(again, "stamps the end anew", (inner) => {
    let lastAt = 0;
    return {
      endRun: async (end) => {
        lastAt = Date.now();
        return inner.endRun(end);
      },
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row?.endedAt === undefined ? row : { ...row, endedAt: lastAt };
      },
    };
  }),
  wrong(again, "keeps the last words", (inner) => {
    const failures = new Map<string, RunFailure | undefined>();
    return {
      endRun: async (end) => {
        failures.set(end.runId, end.failure);
        return inner.endRun(end);
      },
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && { ...row, failure: failures.get(runId) };
      },
    };
  }),
  wrong(again, "compares also the failure's text", (inner) => ({
    endRun: async (end) => {
      const known = (await inner.getRun(end.runId))?.failure;
      return (await inner.endRun(end)) && (known === undefined || known.message === end.failure?.message);
    },
  })),
  wrong(none, "says true of no run", (inner) => ({
    endRun: async (end) => (await inner.endRun(end)) || (await inner.getRun(end.runId)) === undefined,
  })),
  wrong(none, "writes a run for an end", (inner) => ({
    endRun: async (end) => {
      const { runId } = end;
      const isEnded = await inner.endRun(end);
      const run = { runId, rootRunId: runId, agent: "a", caller: "a", input: "", details: "" };
      if (!isEnded) await inner.createRun(run);
      return isEnded;
    },
  })),
];

function lastResult(inner: RunStore): Methods {
  const results = new Map<string, string>();
  return {
    recordRunResult: async (runId, result) => {
      results.set(runId, result);
      return inner.recordRunResult(runId, result);
    },
    getRun: async (runId) => {
      const row = await inner.getRun(runId);
      return row && { ...row, result: results.get(runId) };
    },
  };
}

function lastEnd(inner: RunStore): Methods {
  const last = new Map<string, RunEnd>();
  return {
    endRun: async (end) => {
      last.set(end.runId, end);
      return inner.endRun(end);
    },
    getRun: async (runId) => {
      const row = await inner.getRun(runId);
      return row && { ...row, state: last.get(runId)?.state ?? row.state };
    },
  };
}

/** Ends every open run whose root or parent is the one that is named by the run that ended. */
function endsTree(inner: RunStore, named: (row: RunRow) => string): Methods {
  return {
    endRun: async (end) => {
      const isEnded = await inner.endRun(end);
      const row = await inner.getRun(end.runId);
      const name = row && named(row);
      for (const { runId, parentRunId } of await inner.listRuns({ states: ["open"] })) {
        if (runId === name || parentRunId === name) await inner.endRun({ ...end, runId });
      }
      return isEnded;
    },
  };
}
