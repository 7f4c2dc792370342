import { createDispatchGuard } from "@executus/dispatchguard";
import { RawGuard } from "../contestants/raw-guard.ts";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const checks = 200_000;

const rawEntry: Entry = {
  name: "raw: counters in an AsyncLocalStorage",
  kind: "raw",
  count: checks,
  measure: async (count) => {
    const guard = new RawGuard();
    const innermost = async (): Promise<readonly number[]> => times(count, () => guard.check("child"), true);
    return guard.root("root", () => guard.dispatch("a", () => guard.dispatch("b", innermost)));
  },
};

const letIn = ours("guard.check", "child", true);
const refused = ours("guard.check, refused: a cycle", "root", false);

/** What it costs to ask, two dispatches below the root. */
export const guardCheckCase: Case = {
  name: "guard-check",
  title: "the question if a dispatch would be let in, two dispatches below a root",
  columns: ["ns/check"],
  raw: rawEntry.name,
  process: "case",
  entries: [rawEntry, letIn, refused],
  targets: [letIn, refused].map(({ name }) => ({ level: "must", ours: name, atMost: 1_000 })),
};

function ours(name: string, target: string, isLetIn: boolean): Entry {
  return {
    name,
    kind: "ours",
    count: checks,
    measure: async (count) => {
      const guard = createDispatchGuard();
      const innermost = (): readonly number[] =>
        times(count, () => guard.check(target) === undefined, isLetIn);
      return guard.root("root", () => guard.dispatch("a", () => guard.dispatch("b", innermost)));
    },
  };
}

function times(count: number, check: () => boolean, expected: boolean): readonly number[] {
  const since = startWatch();
  let wrong = 0;
  for (let time = 0; time < count; time += 1) if (check() !== expected) wrong += 1;
  if (wrong > 0) throw new Error("Cannot measure: the answer is not the expected one");
  return [since(count)];
}
