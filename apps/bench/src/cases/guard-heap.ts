import { createDispatchGuard } from "@executus/dispatchguard";
import { trivialWork } from "../contestants/contestant.ts";
import type { Case, Entry } from "../measure/case.ts";
import { settledHeapBytes } from "../measure/heap.ts";

const entry: Entry = {
  name: "guard.root with two dispatches, one with a key",
  kind: "ours",
  count: 100_000,
  measure: async (count) => {
    const guard = createDispatchGuard();
    const once = (): Promise<void> =>
      guard.root("root", async () => {
        await guard.dispatch("a", trivialWork);
        await guard.dispatch({ id: "b", key: "same" }, trivialWork);
      });
    // The first ones compile the code, which stays.
    for (let time = 0; time < 5_000; time += 1) await once();
    const before = await settledHeapBytes();
    for (let time = 0; time < count; time += 1) await once();
    return [((await settledHeapBytes()) - before) / count];
  },
};

/** What trees that have ended leave behind. */
export const guardHeapCase: Case = {
  name: "guard-heap",
  title: "heap that each of 100,000 roots leaves behind",
  columns: ["bytes/root left"],
  process: "figure",
  maxRounds: 3,
  entries: [entry],
  targets: [{ level: "must", ours: entry.name, atMost: 1 }],
};
