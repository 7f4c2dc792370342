import type { RunStore } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore } from "./wrong-run-store.ts";

type Method = keyof RunStore;

const creates = "createRun() refuses a bad argument by its name and changes nothing";
const roots = "createRun() refuses a root with a parent, and a run of another's tree without";
const reads = "getRun(), listRunCells() and listRuns() refuse a bad argument by its name";
const results = "recordRunResult() refuses a bad argument by its name and changes nothing";
const ends = "endRun() refuses a bad argument by its name and changes nothing";
const cancels =
  "requestRunCancel() and listRunCancels() refuse a bad argument by its name and change nothing";
const events = "appendRunEvents() and listRunEvents() refuse a bad argument by its name and keep nothing";
const cells = "putRunCell() refuses a bad argument by its name and keeps nothing";
const purges = "purgeRuns() refuses a bad argument by its name and changes nothing";

/** The methods that each test of bad arguments is about, and an answer that takes nothing amiss. */
const tests: readonly (readonly [title: string, methods: Partial<Record<Method, unknown>>])[] = [
  [creates, { createRun: { created: true } }],
  [roots, { createRun: { created: true } }],
  [reads, { getRun: undefined, listRunCells: [], listRuns: [] }],
  [results, { recordRunResult: false }],
  [ends, { endRun: false }],
  [cancels, { requestRunCancel: false, listRunCancels: [] }],
  [events, { appendRunEvents: 0, listRunEvents: [] }],
  [cells, { putRunCell: false }],
  [purges, { purgeRuns: 0 }],
];

export const wrongArguments: readonly WrongRunStore[] = [
  ...tests.flatMap(([title, methods]) =>
    Object.entries(methods).flatMap(([name, answer]) => {
      const method = name as Method;
      return [
        wrong(title, `takes anything for ${method}()`, (inner) => catching(inner, method, () => answer)),
        wrong(title, `does not name the argument of ${method}()`, (inner) =>
          catching(inner, method, () => Promise.reject(new TypeError("bad"))),
        ),
        wrong(title, `has errors of its own in ${method}()`, (inner) =>
          catching(inner, method, (error) => Promise.reject(new Error(String(error)))),
        ),
      ];
    }),
  ),
  wrong(reads, "throws at once", (inner) => ({
    getRun: (runId) => {
      if (runId === "") throw new TypeError("Cannot get run: 'runId' is empty");
      return inner.getRun(runId);
    },
  })),
  wrong(creates, "writes first and complains later", (inner) => ({
    createRun: async (run) => {
      if (run.key === "") await inner.createRun({ ...run, key: undefined });
      return inner.createRun(run);
    },
  })),
  wrong(results, "records first and complains later", (inner) => ({
    recordRunResult: async (runId, result) => {
      if (result === undefined) await inner.recordRunResult(runId, "1");
      return inner.recordRunResult(runId, result);
    },
  })),
  wrong(ends, "ends first and complains later", (inner) => ({
    endRun: async (end) => {
      if (end.failure === null) await inner.endRun({ ...end, failure: undefined });
      return inner.endRun(end);
    },
  })),
  wrong(ends, "drops the failure of a run that finished", (inner) => ({
    endRun: async (end) =>
      end.state === "finished"
        ? (await inner.endRun({ ...end, failure: undefined }), true)
        : inner.endRun(end),
  })),
  wrong(events, "appends until it meets what is bad", (inner) => ({
    appendRunEvents: async (runId, given) => {
      if (Array.isArray(given) && given[0] === "1") {
        await inner.appendRunEvents(runId, ["1"]).catch(() => {});
      }
      return inner.appendRunEvents(runId, given);
    },
  })),
  wrong(cells, "puts first and complains later", (inner) => ({
    putRunCell: async (runId, cell) => {
      if (cell.value === undefined) await inner.putRunCell(runId, { ...cell, value: "1" });
      return inner.putRunCell(runId, cell);
    },
  })),
  wrong(purges, "deletes first and complains later", (inner) => ({
    purgeRuns: async (purge) => {
      await inner.purgeRuns({ ...purge, limit: 1 }).catch(() => {});
      return inner.purgeRuns(purge);
    },
  })),
];

function catching(inner: RunStore, method: Method, answer: (error: unknown) => unknown): Methods {
  const call = (...given: unknown[]): Promise<unknown> => {
    const answered: Promise<unknown> = Reflect.apply(inner[method], inner, given);
    return answered.catch(answer);
  };
  return { [method]: call };
}
