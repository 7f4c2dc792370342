import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCommand, type CommandResult } from "../process/run-command.ts";
import { publicPackages, readWorkspace } from "../workspace/read-workspace.ts";

/** Runs a command in the copy. @throws {Error} if it fails, with what it said. */
export async function runIn(
  folder: string,
  [command, ...args]: readonly [command: string, ...args: string[]],
  env: NodeJS.ProcessEnv = process.env,
): Promise<CommandResult> {
  const result = await runCommand(command, args, { cwd: folder, env });
  if (result.code === 0) return result;
  throw new Error(`"${[command, ...args].join(" ")}" ended with ${result.code}:\n${result.output.trimEnd()}`);
}

/** Copies what git knows of the repository, with what is changed and new and not ignored, as a repository of its own. */
export async function copyRepository(root: string, folder: string): Promise<void> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await runIn(root, ["git", ...list]);
  for (const path of stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true, verbatimSymlinks: true });
  }
  await runIn(folder, ["git", "init", "--quiet", "--initial-branch=main"]);
  await commit(folder, "A copy");
}

export async function commit(folder: string, message: string): Promise<void> {
  const author = ["-c", "user.name=Release", "-c", "user.email=release@example.org"];
  await runIn(folder, ["git", "add", "--all"]);
  await runIn(folder, ["git", ...author, "commit", "--quiet", "--no-verify", "--message", message]);
}

/** Says in a changeset that each public package has something new. */
export function addChangeset(folder: string): void {
  const lines = publicPackages(readWorkspace(folder)).map(({ name }) => `${JSON.stringify(name)}: minor`);
  const text = `---\n${lines.join("\n")}\n---\n\nA release for practice.\n`;
  writeFileSync(join(folder, ".changeset", "dry-run.md"), text);
}
