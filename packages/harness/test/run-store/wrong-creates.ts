import type { CreatedRun, NewRun, RunStore } from "../../src/index.ts";
import { type Methods, wrong, type WrongRunStore, wrongRows } from "./wrong-run-store.ts";

const writes = "createRun() writes a run that is open, with nothing that came of it";
const again = "createRun() again is the first call over again";
const later = "createRun() again once the run has a result, or has ended, finds it there";
const knownId = "createRun() of a known id resolves with that run and changes nothing";
const knownKey = "createRun() of a known agent, caller and key resolves with that run and writes nothing";
const twice = "createRun() of one run's id with the key of another finds one of the two";
const apart = "createRun() writes another run if agent, caller or key is another, or there is no key";
const names =
  "createRun() keeps ids, agents, callers and keys apart that differ in a letter's case, a space or a normal form";

export const wrongCreates: readonly WrongRunStore[] = [
  wrongRows(writes, "begins with a run that has ended", () => () => ({ state: "finished" })),
  wrong(writes, "says that a new run was there", (inner) =>
    answered(inner, (_, { run }) => ({ created: false, run })),
  ),
  wrong(writes, "answers with what it was given", (inner) =>
    answered(inner, (given, { created, run }) => ({
      created,
      run: { ...run, ...given, sequence: 1, createdAt: 0 },
    })),
  ),
  wrong(again, "says of the same call again that it was there", (inner) => {
    const known = new Set<string>();
    return answered(inner, ({ runId }, { created, run }) => {
      const isKnown = known.has(runId);
      known.add(runId);
      return { created: created && !isKnown, run };
    });
  }),
  wrong(again, "numbers the same call again", (inner) => {
    let count = 0;
    return answered(inner, (_, { created, run }) => ({ created, run: { ...run, sequence: (count += 1) } }));
  }),
  ...(["result", "endedAt"] as const).map((field) =>
    wrong(later, `does not look at ${field} when the same call comes again`, (inner) =>
      answered(inner, (given, { created, run }) => ({
        created: created || (run.runId === given.runId && run[field] !== undefined),
        run,
      })),
    ),
  ),
  ...(["agent", "caller", "key", "input", "details"] as const).map((field) =>
    wrong(knownId, `takes a call with another ${field} for the first one`, (inner) => ({
      createRun: async (run) => {
        const known = await inner.getRun(run.runId);
        return inner.createRun(known ? { ...run, [field]: known[field] } : run);
      },
    })),
  ),
  wrong(knownId, "writes over what was there", (inner) => {
    const inputs = new Map<string, string>();
    return {
      createRun: async (run) => {
        inputs.set(run.runId, run.input);
        const { created, run: row } = await inner.createRun(run);
        return { created, run: row };
      },
      getRun: async (runId) => {
        const row = await inner.getRun(runId);
        return row && { ...row, input: inputs.get(runId) ?? row.input };
      },
    };
  }),
  wrong(knownKey, "does not look at keys", (inner) => ({
    createRun: async (run) => inner.createRun({ ...run, key: undefined }),
  })),
  wrong(knownKey, "frees a key when its run has ended", (inner) => ({
    createRun: async (run) => {
      const answer = await inner.createRun(run);
      const isOver = answer.run.runId !== run.runId && answer.run.state !== "open";
      return isOver ? inner.createRun({ ...run, key: `${run.key}-again` }) : answer;
    },
  })),
  wrong(knownKey, "answers with the run that was given", (inner) =>
    answered(inner, (given, { created, run }) => ({ created, run: { ...run, ...given } })),
  ),
  wrong(twice, "looks at the key only if the id is free, and at the id only without a key", (inner) => ({
    createRun: async (run) => {
      const known = run.key === undefined ? undefined : await inner.getRun(run.runId);
      return known ? { created: true, run: known } : inner.createRun(run);
    },
  })),
  ...(["agent", "caller", "key"] as const).map((field) =>
    wrong(apart, `does not look at the ${field} beside the other two`, (inner) =>
      keyedBy(inner, { [field]: "" }),
    ),
  ),
  wrong(apart, "puts agent, caller and key together without a mark between them", (inner) => {
    const name = ({ agent, caller, key }: NewRun): string => `${agent}${caller}${key}`;
    return {
      createRun: async (run) =>
        inner
          .createRun(run.key === undefined ? run : { ...run, agent: "", caller: "", key: name(run) })
          .catch(() => keyed(inner, name(run), run)),
    };
  }),
  wrong(apart, "takes none for a key", (inner) => ({
    createRun: async (run) => inner.createRun({ ...run, key: run.key ?? "none" }),
  })),
  ...(["runId", "agent", "caller", "key"] as const).flatMap((field) => [
    wrong(names, `compares ${field} without case`, (inner) =>
      folded(inner, field, (text) => text.toLowerCase()),
    ),
    wrong(names, `trims ${field}`, (inner) => folded(inner, field, (text) => text.trim())),
    wrong(names, `brings ${field} into normal form`, (inner) =>
      folded(inner, field, (text) => text.normalize()),
    ),
  ]),
];

function answered(inner: RunStore, change: (given: NewRun, answer: CreatedRun) => CreatedRun): Methods {
  return { createRun: async (run) => change(run, await inner.createRun(run)) };
}

const firstOf = new WeakMap<RunStore, Map<string, string>>();

/** Finds the run that had this name first. */
async function keyed(inner: RunStore, name: string, run: NewRun): Promise<CreatedRun> {
  const known = firstOf.get(inner) ?? new Map<string, string>();
  firstOf.set(inner, known);
  const first = await inner.getRun(known.get(name) ?? run.runId);
  if (first) return { created: false, run: first };
  known.set(name, run.runId);
  return inner.createRun(run);
}

function keyedBy(inner: RunStore, without: Partial<NewRun>): Methods {
  return {
    createRun: async (run) => {
      if (run.key === undefined) return inner.createRun(run);
      const { agent, caller, key } = { ...run, ...without };
      return keyed(inner, JSON.stringify([agent, caller, key]), run);
    },
  };
}

function folded(
  inner: RunStore,
  field: "runId" | "agent" | "caller" | "key",
  fold: (text: string) => string,
): Methods {
  return {
    createRun: async (run) => {
      const text = fold(run[field] ?? "");
      const isRoot = run.rootRunId === run.runId && field === "runId";
      const given = run[field] === undefined ? {} : { [field]: text, ...(isRoot ? { rootRunId: text } : {}) };
      return inner.createRun({ ...run, ...given });
    },
    getRun: async (runId) => inner.getRun(field === "runId" ? fold(runId) : runId),
  };
}
