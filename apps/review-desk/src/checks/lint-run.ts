import { ChecksError } from "./errors.ts";
import type { LintedKind } from "./languages.ts";
import { LintFindings, type LintResult, withoutTypes } from "./lint-findings.ts";
import { oxlintConfig, tsconfigFor } from "./oxlint-config.ts";
import type { OxlintExecutable } from "./oxlint-executable.ts";
import type { OxlintDiagnostic } from "./oxlint-output.ts";
import { runOxlint } from "./oxlint-run.ts";
import { platformTypes } from "./platform-types.ts";
import type { ScratchFile, ScratchFolder } from "./scratch-folder.ts";
import { defuseSteeringComments } from "./steering-comments.ts";

export interface LintedFile {
  readonly kind: LintedKind;
  readonly text: string;
}

export interface LintRun {
  readonly executable: OxlintExecutable;
  readonly scratch: ScratchFolder;
  /** Folder in the scratch folder, free before and after. */
  readonly name: string;
  readonly files: readonly LintedFile[];
  /** Without types, each result says so. */
  readonly typeAware: boolean;
  readonly signal: AbortSignal;
}

const configName = "oxlint.json";
const typesName = "platform.d.ts";

/**
 * Copies the files into the scratch folder, lints them in one run, and deletes the copies. The results
 * are in the order of the files. Rejects as `runOxlint` does: which file was to blame is not known.
 */
export async function lintFiles(run: LintRun): Promise<readonly LintResult[]> {
  const copies = run.files.map(({ kind, text }) => ({
    kind,
    text: defuseSteeringComments(text),
  }));
  const findings = copies.map(({ kind, text }) => new LintFindings(kind, text));
  try {
    await runOxlint({
      executable: run.executable,
      folder: await run.scratch.fill(run.name, [
        { path: configName, content: oxlintConfig(run.typeAware) },
        { path: typesName, content: platformTypes },
        ...copies.flatMap(scratchFiles),
      ]),
      config: configName,
      paths: copies.map(copyPath),
      signal: run.signal,
      onDiagnostic: (diagnostic) => findings[fileOf(diagnostic)]?.add(diagnostic),
    });
  } finally {
    // What can not be deleted now goes with the whole folder.
    await run.scratch.empty(run.name).catch(() => {});
  }
  const results = findings.map((list) => list.end());
  return run.typeAware ? results : results.map(withoutTypes);
}

/** Each file has a folder of its own, named by its index. */
function copyPath({ kind }: LintedFile, index: number): string {
  return `${index}/${kind.copyName}`;
}

function scratchFiles(file: LintedFile, index: number): readonly ScratchFile[] {
  const copy: ScratchFile = { path: copyPath(file, index), content: file.text };
  if (file.kind.syntax === "embedded") return [copy];
  const config = tsconfigFor(file.kind.copyName, `../${typesName}`);
  return [copy, { path: `${index}/tsconfig.json`, content: config }];
}

function fileOf(diagnostic: OxlintDiagnostic): number {
  const index = /(?:^|[\\/])(\d+)[\\/][^\\/]+$/.exec(diagnostic.filename)?.[1];
  if (index !== undefined) return Number(index);
  throw new ChecksError("CHECK_CRASHED", `oxlint failed: ${diagnostic.message}`);
}
