import { type Checks, createChecks } from "../../src/checks/checks.ts";
import { checkNames } from "../../src/checks/finding.ts";
import { makePatch } from "../../src/patch/make-patch.ts";
import { openRepository } from "../../src/repository/open-repository.ts";
import type { ReviewFile } from "../../src/repository/review-file.ts";
import { isChanged } from "../../src/review/changed-lines.ts";
import type { Finding } from "../../src/review/finding.ts";

export const slow = { timeout: 120_000 };

let shared: Checks | undefined;

/** Analysers for all tests of a file: they are slow to start. */
export function sharedChecks(): Checks {
  shared ??= createChecks({ timeLimitMs: 60_000 });
  return shared;
}

export async function closeChecks(): Promise<void> {
  await shared?.[Symbol.asyncDispose]();
  shared = undefined;
}

export interface Scene {
  readonly findings: readonly Finding[];
  readonly reviewed: ReadonlyMap<string, ReviewFile>;
  readonly root: string;
  readonly patch: (findings?: readonly Finding[]) => Promise<string>;
}

/** Lists and checks a folder as a review does, without models. */
export async function reviewFolder(folder: string, base?: string): Promise<Scene> {
  const repository = await openRepository(folder, { base });
  const checks = sharedChecks();
  const reviewed = new Map<string, ReviewFile>();
  const findings: Finding[] = [];
  for await (const file of repository.files()) {
    if (file.kind !== "file") continue;
    reviewed.set(file.path, file);
    const text = await repository.read(file.path);
    for (const check of checkNames) {
      for (const found of await checks.run(check, { path: file.path, text })) {
        if (!isChanged(file.changedLines, found.line)) continue;
        const about = {
          path: file.path,
          source: "check",
          reviewer: check,
          models: ["rules"],
          evidence: "",
        } as const;
        const { line, severity, rule, message } = found;
        findings.push({ ...about, line, severity, rule, message });
      }
    }
  }
  const options = { repository, checks, reviewed };
  return {
    findings,
    reviewed,
    root: repository.root,
    patch: (given = findings) => makePatch(given, options),
  };
}
