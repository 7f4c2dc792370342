import { type ChildProcess, execFileSync } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { onTestFinished } from "vitest";

/** Collects every child process that is started until the test ends. */
export function watchChildren(): readonly ChildProcess[] {
  const children: ChildProcess[] = [];
  const collect = (message: unknown): void => {
    children.push((message as { process: ChildProcess }).process);
  };
  subscribe("child_process", collect);
  onTestFinished(() => void unsubscribe("child_process", collect));
  return children;
}

/** If the process has ended and was waited for. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** How many processes run in the group that this process leads. */
export function groupSize(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const list = execFileSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" });
  const rows = list.split("\n").map((row) => row.trim().split(/\s+/));
  return rows.filter(([group, state]) => group === String(pid) && !state?.startsWith("Z")).length;
}
