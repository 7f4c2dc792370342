import { access, constants, mkdir, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { createDeliverer, DeliverError, outFile, type Receipt, stdout } from "@executus/deliver";
import { fileTransport } from "@executus/deliver/file";
import { findingsJson } from "../report/findings-json.ts";
import { markdown } from "../report/markdown.ts";
import type { Report } from "../report/report.ts";
import { sarif } from "../report/sarif.ts";
import { summarize } from "../report/summary.ts";
import { UsageError } from "../usage-error.ts";
import { appVersion } from "./version.ts";

/**
 * Makes the folder for the reports, so that a wrong path fails before a review is paid for.
 *
 * @throws {UsageError} naming the folder, if it cannot be made or written.
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new UsageError(`Cannot write reports to ${JSON.stringify(folder)}: ${code}`, { cause: error });
  }
}

/** Where the reports go, relative to `root` (absolute, links resolved) with `/`; the folder is there. */
export async function reportPaths(root: string, folder: string): Promise<ReadonlySet<string>> {
  const real = await realpath(folder);
  return new Set(reportNames.map((name) => relative(root, join(real, name)).split(sep).join("/")));
}

/** Prints the summary and, if a folder is given, writes the reports there. False if either did not arrive. */
export async function deliverReport(report: Report, folder: string | undefined): Promise<boolean> {
  const key = "review";
  const problems: string[] = [];
  if (folder !== undefined) problems.push(...(await problemsOf(writeReports(report, folder, key))));
  const summary = stdout().deliver({ channel: "stdout", to: "-" }, { key, text: summarize(report) });
  problems.push(...(await problemsOf(summary)));
  for (const problem of problems) process.stderr.write(`review-desk: ${problem}\n`);
  return problems.length === 0;
}

/** Why something did not arrive, a line for each part; empty if all did. One way that fails must not cost the other. */
async function problemsOf(sending: Promise<Receipt>): Promise<readonly string[]> {
  try {
    const { status, parts } = await sending;
    if (status === "delivered") return [];
    const errors = parts.flatMap(({ error }) => error ?? []);
    return errors.length > 0 ? errors : [`Cannot deliver: ${status}`];
  } catch (error) {
    if (error instanceof DeliverError) return [error.message];
    throw error;
  }
}

const reportNames = ["report.md", "findings.sarif", "findings.json"] as const;

function writeReports(report: Report, folder: string, key: string): Promise<Receipt> {
  const [forPeople, forServices, forPrograms] = reportNames;
  const deliverer = createDeliverer([fileTransport({ root: folder })]);
  const files = [
    outFile(forPeople, markdown(report), "text/markdown"),
    outFile(forServices, sarif(report, appVersion()), "application/sarif+json"),
    outFile(forPrograms, findingsJson(report), "application/json"),
  ];
  return deliverer.deliver({ channel: "file", to: "." }, { key, text: "", files });
}
