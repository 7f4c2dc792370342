import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { codec, createConfigSync, type Setting } from "@executus/config";
import type { Case, Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** As many settings as a large host has. */
const keyCount = 500;
const reloads = 50;

const keys = Array.from({ length: keyCount }, (_, index) => `section${index % 20}.name${index}`);
const shape = Object.fromEntries(keys.map((key): [string, Setting<number>] => [key, { schema: codec.int }]));

const mapName = "raw: a Map";

/** The figures of a loop that reads every key in turn: ten million reads that left 16 bytes each would be 10 collections. */
async function measureReads(count: number, get: (key: string) => number): Promise<readonly number[]> {
  let collections = 0;
  // Minor ones alone: the others go on about what was there before.
  const countMinor = (entries: readonly PerformanceEntry[]): void => {
    collections += entries.filter((entry) => kindOf(entry) === constants.NODE_PERFORMANCE_GC_MINOR).length;
  };
  const observer = new PerformanceObserver((list) => countMinor(list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  const since = startWatch();
  let sum = 0;
  for (let read = 0; read < count; read += 1) sum += get(keys[read % keyCount] as string);
  const nanoseconds = since(count);
  await nextTurn();
  countMinor(observer.takeRecords());
  observer.disconnect();
  if (sum < 0) throw new Error("Cannot measure reads: the values are not there");
  return [nanoseconds, collections];
}

function kindOf(entry: PerformanceEntry): unknown {
  return (entry as { readonly detail?: { readonly kind?: unknown } }).detail?.kind;
}

const rawMap: Entry = {
  name: mapName,
  kind: "raw",
  count: 10_000_000,
  measure: async (count) => {
    const values = new Map(keys.map((key, index) => [key, index]));
    return measureReads(count, (key) => values.get(key) as number);
  },
};

const configGet: Entry = {
  name: "config.get(key)",
  kind: "ours",
  count: 10_000_000,
  measure: async (count) => {
    const config = createConfigSync(shape, { sources: [new Map(keys.map((key, index) => [key, index]))] });
    return measureReads(count, (key) => config.get(key));
  },
};

const configReload: Entry = {
  name: "config.reload()",
  kind: "ours",
  count: reloads,
  measure: async (count) => {
    const settings = new Map(keys.map((key, index) => [key, index]));
    const config = createConfigSync(shape, { sources: [settings] });
    const since = startWatch();
    for (let reload = 1; reload <= count; reload += 1) {
      for (const [index, key] of keys.entries()) settings.set(key, index + reload);
      const { changed } = await config.reload();
      if (changed.length !== keyCount)
        throw new Error("Cannot measure a reload: not every value has changed");
    }
    return [since(count) / 1e6];
  },
};

export const configGetCase: Case = {
  name: "config-get",
  title: "one of 500 settings, read in turn",
  columns: ["ns/read", "collections"],
  raw: mapName,
  process: "case",
  entries: [rawMap, configGet],
  targets: [
    { level: "must", ours: configGet.name, atMost: 60 },
    { level: "must", ours: configGet.name, column: 1, atMost: 5 },
  ],
};

export const configReloadCase: Case = {
  name: "config-reload",
  title: "500 settings read again, every one with another value",
  columns: ["ms/reload"],
  process: "case",
  entries: [configReload],
  targets: [{ level: "must", ours: configReload.name, atMost: 10 }],
};
