import { setTimeout as sleep } from "node:timers/promises";
import { type AnyAgent, defineAgent, type RunContext } from "@executus/harness";
import type { Journal } from "../ledger/journal.ts";

/** What both agents reply. */
export const answer = "00 01 10 11 child";
/** The files of both, in the order of their names. */
export const fileNames: readonly string[] = ["a.txt", "child.txt"];

/** An agent that may run once, one that may run again, and their child: with files and cells. */
export function agentsOf(journal: Journal): AnyAgent[] {
  const child = defineAgent({
    name: "child",
    run: async (context) => {
      journal.note("started", context.runId);
      await context.attach({ name: "child.txt", data: "of a child" });
      return "child";
    },
  });
  const run = async (context: RunContext): Promise<string> => {
    journal.note("started", context.runId);
    await context.attach({ name: "a.txt", data: "x".repeat(20_000) });
    const grid = await context.fanout([0, 1], [0, 1], async (task, target, cell) => {
      const { runId } = context;
      journal.note("cell", runId, `1/${cell.taskIndex},${cell.targetIndex}`);
      await sleep(3, undefined, { signal: cell.signal });
      return `${task}${target}`;
    });
    const given = await context.dispatch(child, 0);
    return [...grid.fulfilled.map(({ value }) => value), given].join(" ");
  };
  return [
    child,
    defineAgent({ name: "once", run }),
    defineAgent({ name: "again", onInterrupted: "requeue", run }),
  ];
}
