import { type ChildProcess, spawn } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";

/**
 * Ends a process that was started with `detached` (a group of its own) and everything it started:
 * oxlint runs a type checker as its child, which a hostile type can keep busy for ever, and which
 * outlives an oxlint that crashes. For that a group is ended even if its first process is gone.
 */
export function killTree(child: ChildProcess): void {
  const { pid } = child;
  const ended = child.exitCode !== null || child.signalCode !== null;
  if (pid === undefined) return;
  try {
    if (process.platform !== "win32") process.kill(-pid, "SIGKILL");
    else if (!ended) killWindowsTree(pid);
  } catch {
    if (!ended) child.kill("SIGKILL"); // there is no such group, or it may not be signalled
  }
}

function killWindowsTree(pid: number): void {
  const system = process.env["SystemRoot"] ?? "C:\\Windows";
  const killer = spawn(`${system}\\System32\\taskkill.exe`, ["/pid", String(pid), "/t", "/f"], {
    stdio: "ignore",
    env: childEnvironment(),
  });
  killer.on("error", () => process.kill(pid, "SIGKILL"));
}
