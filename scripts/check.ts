/**
 * The gate: `node scripts/check.ts` runs every check, `node scripts/check.ts layers types` only these.
 *
 * @module
 */
import { runSteps } from "./gate/run-steps.ts";
import { steps } from "./gate/steps.ts";
import { repository } from "./process/run-command.ts";

const names = process.argv.slice(2);
const unknown = names.filter((name) => !steps.some((step) => step.name === name));

if (unknown.length > 0) {
  console.error(
    `There is no check "${unknown.join('", "')}", only: ${steps.map((step) => step.name).join(", ")}`,
  );
  process.exitCode = 2;
} else {
  const chosen = steps.filter((step) => names.length === 0 || names.includes(step.name));
  const failed = await runSteps(chosen, repository, console.log);
  if (failed.length > 0) process.exitCode = 1;
}
