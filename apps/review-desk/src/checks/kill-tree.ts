import { type ChildProcess, spawn } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";

/**
 * Ends a process that was started with `detached` (a group of its own) and everything it started:
 * oxlint runs a type checker as its child, which a hostile type can keep busy for ever.
 */
export function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === "win32") killWindowsTree(child.pid);
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL"); // the group is gone already, or may not be signalled
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
