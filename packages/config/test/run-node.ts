import { execFile } from "node:child_process";
import { join } from "node:path";

/** Runs a module in a process of its own, as one that belongs to this package. */
export function runNode(code: string): Promise<{ readonly code: number; readonly output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const args = ["--conditions=@executus/source", "--input-type=module", "--eval", code];
  execFile(
    process.execPath,
    args,
    { cwd: join(import.meta.dirname, ".."), timeout: 60_000 },
    (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    },
  );
  return promise;
}
