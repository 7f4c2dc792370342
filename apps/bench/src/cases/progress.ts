import { createProgress, noop, type Progress } from "@executus/run";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const updates = 5_000_000;
const batch = 1_000;
const openNodes = 1_000;
const snapshots = 200;

/** One update after the other, of a progress opened with sinks that take in what they get. */
function updating(
  name: string,
  open: () => { readonly progress: Progress; readonly told: () => number },
): Entry {
  const measure: Entry["measure"] = async (count) => {
    const { progress, told } = open();
    let current = 0;
    // In calls of its own, as work is: one long loop is compiled in another way.
    const work = (): void => {
      for (let index = 0; index < batch; index += 1) progress.update({ current: (current += 1) });
    };
    for (let index = 0; index < count / batch; index += 1) work();
    const since = startWatch();
    for (let index = 0; index < count / batch; index += 1) work();
    const nanoseconds = since(count);
    progress.end();
    return [nanoseconds, told()];
  };
  return { name, kind: "ours", count: updates, measure };
}

function throttled(
  total: number | undefined,
): () => { readonly progress: Progress; readonly told: () => number } {
  return () => {
    let count = 0;
    const sinks = [{ emit: () => void (count += 1) }];
    return { progress: createProgress({ total, sinks }), told: () => count };
  };
}

const raw: Entry = {
  name: "raw: a field set and Date.now() read",
  kind: "raw",
  count: updates,
  measure: async (count) => {
    const state = { current: 0, at: 0 };
    const since = startWatch();
    for (let current = 1; current <= count; current += 1) {
      state.current = current;
      state.at = Date.now();
    }
    return [since(count), state.at > 0 ? 0 : 1];
  },
};

const counted = updating("update, throttled, with a total", throttled(2 * updates));
const uncounted = updating("update, throttled, without a total", throttled(undefined));
const nobody = updating("noop.update", () => ({ progress: noop, told: () => 0 }));

/** What reporting costs the work. */
export const progressCase: Case = {
  name: "progress",
  title: "update({ current }) again and again, told at most every 100 ms",
  columns: ["ns/update", "events"],
  raw: raw.name,
  process: "figure",
  entries: [raw, counted, uncounted, nobody],
  targets: [
    { level: "must", ours: counted.name, atMost: 150 },
    { level: "must", ours: uncounted.name, atMost: 150 },
    { level: "must", ours: nobody.name, atMost: 5 },
  ],
};

const snapshot: Entry = {
  name: "snapshot()",
  kind: "ours",
  count: snapshots,
  measure: async (count) => {
    const root = createProgress({ sinks: [] });
    for (let group = 0; group < 10; group += 1) {
      const parent = root.child(`group ${group}`);
      for (let node = 1; node < openNodes / 10; node += 1) {
        parent
          .child(`src/folder/file-${node}.ts`, { total: 4 })
          .update({ current: 1, message: "reading it" });
      }
    }
    let children = 0;
    const since = startWatch();
    for (let index = 0; index < count; index += 1) children += root.snapshot().children.length;
    if (children !== 10 * count) throw new Error("Cannot measure a snapshot: children are missing");
    return [since(count) / 1e6];
  },
};

/** What one look at a large run costs. */
export const snapshotCase: Case = {
  name: "progress-snapshot",
  title: "a snapshot of 1,000 open nodes",
  columns: ["ms/snapshot"],
  process: "case",
  entries: [snapshot],
  targets: [{ level: "must", ours: snapshot.name, atMost: 2 }],
};
