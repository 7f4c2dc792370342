import type { CheckFinding, CheckSeverity } from "./finding.ts";
import { FindingList } from "./finding-list.ts";
import type { LintedKind } from "./languages.ts";
import { LineIndex } from "./line-index.ts";
import { oneLine, withoutKeys } from "./one-line.ts";
import type { OxlintDiagnostic } from "./oxlint-output.ts";
import {
  type LintCheck,
  notInTests,
  pluginNeeds,
  pluginUnless,
  ruleSets,
  supersededBy,
} from "./rule-sets.ts";

/** What one run of oxlint found in one file, for each check that asks oxlint. */
export type LintResult = Readonly<Record<LintCheck, readonly CheckFinding[]>>;

interface Meaning {
  readonly check: LintCheck;
  readonly severity: CheckSeverity;
}

const meanings: ReadonlyMap<string, Meaning> = new Map(
  (Object.keys(ruleSets) as LintCheck[]).flatMap((check) =>
    Object.entries(ruleSets[check]).flatMap(([severity, names]) =>
      names.map((name): [string, Meaning] => [name, { check, severity: severity as CheckSeverity }]),
    ),
  ),
);

/** Nothing that oxlint says is lost because its rule has got another name. */
const unknownMeaning: Meaning = { check: "correctness", severity: "warn" };

/** Sorts the diagnostics of one file into the checks, in our words and severities. */
export class LintFindings {
  readonly #kind: LintedKind;
  readonly #text: string;
  readonly #lists = {
    correctness: new FindingList(),
    "tests-and-docs": new FindingList(),
    complexity: new FindingList(),
  } as const;
  readonly #pluginApplies = new Map<string, boolean>();
  #lines: LineIndex | undefined;

  /** `text` is what oxlint was given. */
  constructor(kind: LintedKind, text: string) {
    this.#kind = kind;
    this.#text = text;
  }

  add(diagnostic: OxlintDiagnostic): void {
    const name = ruleName(diagnostic.code);
    if (!this.#applies(name)) return;
    const { check, severity } =
      name === "parse-error" ? this.#parseError() : (meanings.get(name) ?? unknownMeaning);
    const help = diagnostic.help ?? diagnostic.url;
    this.#lists[check].add({
      ...this.#place(diagnostic),
      rule: `oxlint/${name}`,
      severity,
      message: withoutKeys(oneLine(diagnostic.message)),
      ...(help === undefined ? {} : { help: withoutKeys(oneLine(help)) }),
    });
  }

  end(): LintResult {
    return {
      correctness: withoutSuperseded(this.#lists.correctness.end()),
      "tests-and-docs": this.#lists["tests-and-docs"].end(),
      complexity: this.#lists.complexity.end(),
    };
  }

  #applies(name: string): boolean {
    if (this.#kind.isTest && notInTests.has(name)) return false;
    const plugin = name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
    let applies = this.#pluginApplies.get(plugin);
    if (applies === undefined) {
      applies = pluginNeeds[plugin]?.test(this.#text) ?? true;
      if (pluginUnless[plugin]?.test(this.#text)) applies = false;
      this.#pluginApplies.set(plugin, applies);
    }
    return applies;
  }

  /** Dialects that oxlint does not know are no fault of the file. */
  #parseError(): Meaning {
    const dialect = this.#kind.syntax === "embedded" || /@fl[o_]w\b/.test(this.#text.slice(0, 2000));
    return { check: "correctness", severity: dialect ? "info" : "error" };
  }

  #place(diagnostic: OxlintDiagnostic): Pick<CheckFinding, "line" | "column" | "endLine"> {
    const span = diagnostic.labels[0]?.span;
    if (span === undefined) return { line: 1 };
    this.#lines ??= new LineIndex(Buffer.from(this.#text));
    const start = this.#lines.position(span.offset);
    const end = this.#lines.position(span.offset + Math.max(0, span.length - 1));
    return { ...start, ...(end.line > start.line ? { endLine: end.line } : {}) };
  }
}

/** The result of a run without the type checker: it says that something is missing from it. */
export function withoutTypes(result: LintResult): LintResult {
  const note: CheckFinding = {
    line: 1,
    rule: "review-desk/types-not-checked",
    severity: "warn",
    message: "The type checker could not finish on this file: rules that need types were skipped",
  };
  return { ...result, correctness: [note, ...result.correctness] };
}

/** `eslint(no-empty)` → `no-empty`, `typescript(return-await)` → `typescript/return-await`. */
function ruleName(code: string | undefined): string {
  const [, plugin, rule] = /^([^(]+)\((.+)\)$/.exec(code ?? "") ?? [];
  if (plugin === undefined || rule === undefined) return oneLine(code ?? "parse-error");
  return plugin === "eslint" ? rule : `${plugin}/${rule}`;
}

function withoutSuperseded(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  const said = new Set(findings.map(({ rule, line }) => `${rule}:${line}`));
  return findings.filter(({ rule, line }) => {
    const stronger = supersededBy[rule.slice("oxlint/".length)];
    return stronger === undefined || !said.has(`oxlint/${stronger}:${line}`);
  });
}
