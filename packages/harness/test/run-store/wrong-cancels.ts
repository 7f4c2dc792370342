import { wrong, type WrongRunStore, wrongRows } from "./wrong-run-store.ts";

const keeps = "requestRunCancel() keeps that an open run shall be cancelled, and leaves it open";
const again = "requestRunCancel() again resolves with true and changes nothing, also once there is a result";
const late = "requestRunCancel() of a run that has ended, or of none, resolves with false and keeps nothing";
const lists =
  "listRunCancels() gives those of the runs that shall be cancelled, each once, also when they have ended";

export const wrongCancels: readonly WrongRunStore[] = [
  wrong(keeps, "cancels the run itself", (inner) => ({
    requestRunCancel: (runId) => inner.endRun({ runId, state: "cancelled" }),
  })),
  wrongRows(keeps, "does not show it in the row", () => () => ({ cancelRequested: undefined })),
  wrong(keeps, "asks for the end of every run", (inner) => ({
    requestRunCancel: async (runId) => {
      for (const row of await inner.listRuns()) await inner.requestRunCancel(row.runId);
      return inner.requestRunCancel(runId);
    },
  })),
  wrong(again, "says false of what was asked before", (inner) => ({
    requestRunCancel: async (runId) =>
      !(await inner.getRun(runId))?.cancelRequested && (await inner.requestRunCancel(runId)),
  })),
  wrong(again, "takes no request once there is a result", (inner) => ({
    requestRunCancel: async (runId) =>
      (await inner.getRun(runId))?.result === undefined && (await inner.requestRunCancel(runId)),
  })),
  wrongRows(again, "forgets the request when there is a result", () => ({ result, cancelRequested }) => ({
    cancelRequested: result === undefined ? cancelRequested : undefined,
  })),
  wrong(late, "says true of a run that has ended", (inner) => ({
    requestRunCancel: async (runId) =>
      (await inner.requestRunCancel(runId)) || (await inner.getRun(runId)) !== undefined,
  })),
  wrong(late, "says true of no run", (inner) => ({
    requestRunCancel: async (runId) =>
      (await inner.requestRunCancel(runId)) || (await inner.getRun(runId)) === undefined,
  })),
  wrong(late, "keeps requests by ids, whoever has them", (inner) => {
    const asked = new Set<string>();
    return {
      requestRunCancel: async (runId) => {
        asked.add(runId);
        return inner.requestRunCancel(runId);
      },
      listRunCancels: async (runIds) => runIds.filter((runId) => asked.has(runId)),
    };
  }),
  wrong(lists, "lists all that it knows", (inner) => {
    const asked = new Set<string>();
    return {
      requestRunCancel: async (runId) => {
        asked.add(runId);
        return inner.requestRunCancel(runId);
      },
      listRunCancels: async () => [...asked],
    };
  }),
  wrong(lists, "passes over what has ended", (inner) => ({
    listRunCancels: async (runIds) => {
      const cancels = await inner.listRunCancels(runIds);
      const rows = await Promise.all(cancels.map((runId) => inner.getRun(runId)));
      return rows.flatMap((row) => (row?.state === "open" ? [row.runId] : []));
    },
  })),
  wrong(lists, "gives one as often as it was named", (inner) => ({
    listRunCancels: async (runIds) =>
      (await Promise.all(runIds.map((runId) => inner.listRunCancels([runId])))).flat(),
  })),
];
