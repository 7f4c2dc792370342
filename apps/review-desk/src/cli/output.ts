import { access, constants, mkdir } from "node:fs/promises";
import { createDeliverer, outFile, type Receipt, stdout } from "@executus/deliver";
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

/** Prints the summary and, if a folder is given, writes the reports there. False if either did not arrive. */
export async function deliverReport(report: Report, folder: string | undefined): Promise<boolean> {
  const key = "review";
  const receipts: Receipt[] = [];
  if (folder !== undefined) receipts.push(await writeReports(report, folder, key));
  receipts.push(await stdout().deliver({ channel: "stdout", to: "-" }, { key, text: summarize(report) }));
  const failed = receipts.filter(({ status }) => status !== "delivered");
  for (const { parts } of failed) {
    for (const { error } of parts) if (error) process.stderr.write(`review-desk: ${error}\n`);
  }
  return failed.length === 0;
}

function writeReports(report: Report, folder: string, key: string): Promise<Receipt> {
  const deliverer = createDeliverer([fileTransport({ root: folder })]);
  const files = [
    outFile("report.md", markdown(report), "text/markdown"),
    outFile("findings.sarif", sarif(report, appVersion()), "application/sarif+json"),
    outFile("findings.json", findingsJson(report), "application/json"),
  ];
  return deliverer.deliver({ channel: "file", to: "." }, { key, text: "", files });
}
