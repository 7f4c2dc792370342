import { readPlan } from "./soak/plan.ts";
import { soak } from "./soak/soak.ts";
import { problemsOf, soakReport } from "./soak/soak-report.ts";

const plan = readPlan(process.argv.slice(2));
const outcome = await soak(plan);
process.stdout.write(soakReport(plan, outcome));
process.exitCode = problemsOf(outcome).length === 0 ? 0 : 1;
