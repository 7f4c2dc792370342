import { existsSync } from "node:fs";
import { join } from "node:path";
import { repository, runCommand } from "../process/run-command.ts";

/** The heavy engines: a registry, other runtimes, other compilers. They have their own lockfile. */
const folder = join(repository, "tools", "lab");

/** Where a file of one of the lab's packages is. */
export function labFile(...path: readonly string[]): string {
  return join(folder, "node_modules", ...path);
}

/**
 * Installs the engines, unless they are there as the lockfile wants them: pnpm sees that in a moment.
 *
 * @throws {Error} if pnpm cannot.
 */
export async function installLab(): Promise<void> {
  const { code, output } = await runCommand("pnpm", ["install", "--frozen-lockfile"], { cwd: folder });
  if (code !== 0) throw new Error(`Cannot install tools/lab:\n${output.trimEnd()}`);
  if (!existsSync(labFile("verdaccio"))) throw new Error("Cannot find the registry of tools/lab");
}
