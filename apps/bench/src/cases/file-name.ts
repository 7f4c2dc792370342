import { safeName } from "@executus/pendingattach";
import filenamify from "filenamify";
import sanitizeFilename from "sanitize-filename";
import type { Case, Entry, Kind } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** What tools call their files: ASCII and not, a path, an emoji, a long one. */
const names: readonly string[] = [
  "report.md",
  "Quarterly report (final) 2026.pdf",
  "/tmp/run-1/out/chart.png",
  "Übersicht – März.xlsx",
  "中文报告.docx",
  "👩‍💻 notes.md",
  "findings.sarif",
  `${"a rather long title that goes on ".repeat(5)}.docx`,
];

function naming(name: string, kind: Kind, make: (raw: string) => string): Entry {
  return {
    name,
    kind,
    count: 200_000,
    measure: async (count) => {
      let length = 0;
      const since = startWatch();
      for (let index = 0; index < count; index += 1) length += make(names[index % names.length] ?? "").length;
      const figure = since(count);
      if (length === 0) throw new Error("Cannot measure names: nothing was made");
      return [figure];
    },
  };
}

const ours = naming("safeName(raw)", "ours", (raw) => safeName(raw));

export const fileNameCase: Case = {
  name: "file-name",
  title: "a safe file name out of what a tool calls its file; the peers leave more of it as it is",
  columns: ["ns/name"],
  process: "case",
  entries: [
    naming("sanitize-filename", "peer", (raw) => sanitizeFilename(raw)),
    naming("filenamify", "peer", (raw) => filenamify(raw)),
    ours,
  ],
  targets: [{ level: "must", ours: ours.name, atMost: 10_000 }],
};
