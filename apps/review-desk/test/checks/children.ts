import type { ChildProcess } from "node:child_process";
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
