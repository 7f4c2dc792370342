import { createDispatchGuard } from "@executus/dispatchguard";
import { trivialWork } from "../contestants/contestant.ts";
import { RawGuard } from "../contestants/raw-guard.ts";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const dispatches = 100_000;
const limits = { maxFanOut: Infinity, maxDispatches: Infinity };

const rawEntry: Entry = {
  name: "raw: counters in an AsyncLocalStorage",
  kind: "raw",
  count: dispatches,
  measure: async (count) => {
    const guard = new RawGuard();
    return guard.root("root", () => oneByOne(count, () => guard.dispatch("child", trivialWork)));
  },
};

const plain = ours("guard.dispatch", (guard) => guard.dispatch("child", trivialWork));

/** What one dispatch costs, to the end of its function. */
export const guardCase: Case = {
  name: "guard",
  title: "a dispatch of a trivial function, awaited, below one root; all limits in force",
  columns: ["ns/dispatch"],
  raw: rawEntry.name,
  process: "case",
  entries: [
    rawEntry,
    plain,
    ours("guard.dispatch, with a key", (guard) => guard.dispatch({ id: "child", key: "same" }, trivialWork)),
    ours("guard.dispatch, with a signal", (guard, signal) =>
      guard.dispatch("child", trivialWork, { signal }),
    ),
    ours("guard.root", (guard) => guard.root("root", trivialWork)),
  ],
  targets: [{ level: "must", ours: plain.name, atMost: 3_000 }],
};

function ours(
  name: string,
  once: (guard: ReturnType<typeof createDispatchGuard>, signal: AbortSignal) => Promise<void>,
): Entry {
  return {
    name,
    kind: "ours",
    count: dispatches,
    measure: async (count) => {
      const guard = createDispatchGuard({ limits });
      const { signal } = new AbortController();
      return guard.root("parent", () => oneByOne(count, () => once(guard, signal)));
    },
  };
}

async function oneByOne(count: number, once: () => Promise<void>): Promise<readonly number[]> {
  const since = startWatch();
  for (let time = 0; time < count; time += 1) await once();
  return [since(count)];
}
