import { findCase } from "../cases/all-cases.ts";
import type { ChildRequest } from "./in-child.ts";
import { measureRounds } from "./measure-rounds.ts";

// A process of its own for a case or a figure: what is compiled and allocated here disturbs no other.
const { caseName, entryNames, rounds, quick } = JSON.parse(process.argv[2] ?? "") as ChildRequest;
const { entries, close } = findCase(caseName);
const wanted = entries.filter((entry) => entryNames === undefined || entryNames.includes(entry.name));
try {
  process.send?.(await measureRounds(wanted, { rounds, quick }));
} finally {
  await close?.();
}
// A contestant may leave timers behind.
process.disconnect();
setTimeout(() => process.exit(), 1_000).unref();
