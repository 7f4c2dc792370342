import { realpathSync } from "node:fs";

/**
 * True for the file that Node was started with. `import.meta.main` would say it too, but not on every Node that runs
 * the gate: where it is missing a check would do nothing, and pass.
 */
export function isMain(file: string): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(file);
}
