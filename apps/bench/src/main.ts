import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type BenchOptions, readCommandLine, usage } from "./command-line.ts";
import { runCase } from "./measure/run-case.ts";
import { type CaseReport, reportCase } from "./report/case-report.ts";
import { exitCodeOf } from "./report/exit-code.ts";
import { formatCase } from "./report/format-case.ts";
import { makeReport } from "./report/report.ts";

let options: BenchOptions | undefined;
try {
  options = readCommandLine(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
if (options?.list) for (const { name, title } of options.cases) console.log(`${name}: ${title}`);
else if (options) await bench(options);

async function bench({ cases, out, assert, ...roundOptions }: BenchOptions): Promise<void> {
  const { rounds, quick, node, processor, cores, peers, ours } = makeReport(roundOptions, []);
  const versions = Object.entries({ ...ours, ...peers }).map((entry) => entry.join(" "));
  console.log(`Node ${node}, ${cores} cores (${processor}); ${versions.join(", ")}`);
  console.log(
    `medians of ${rounds} ${rounds === 1 ? "round" : "rounds"}${quick ? ", quick: not for judging" : ""}\n`,
  );
  const reports: CaseReport[] = [];
  for (const each of cases) {
    const report = reportCase(each, await runCase(each, roundOptions), roundOptions);
    console.log(formatCase(report));
    reports.push(report);
  }
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(makeReport(roundOptions, reports), null, 2)}\n`);
  const verdicts = reports.flatMap((report) => report.verdicts);
  console.log(
    `${verdicts.filter(({ isMet }) => isMet).length} of ${verdicts.length} targets met; written to ${out}`,
  );
  process.exitCode = exitCodeOf(reports, assert);
}
