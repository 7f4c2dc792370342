import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  type ExtractorMessage,
  type IConfigFile,
} from "@microsoft/api-extractor";
import type { WorkspacePackage } from "../workspace/read-workspace.ts";
import { readExtractedReport } from "./api-text.ts";

/** The declarations of an entry that its users can see: `{ entry: "@executus/lane/persisted", api: "export …" }`. */
export interface EntryApi {
  readonly entry: string;
  readonly api: string;
}

/**
 * Reads the public API of each entry of a built package, by API Extractor, which brings its own compiler.
 *
 * @throws {Error} if the declarations of the package name a file that is not there.
 */
export function extractApi(root: string, pkg: WorkspacePackage, scratch: string): EntryApi[] {
  const entries = Object.entries(pkg.manifest.exports ?? {}).flatMap(([name, targets]) => {
    const { types } = targets as { readonly types?: string };
    return types === undefined
      ? []
      : [{ entry: pkg.name + name.slice(1), types: join(root, pkg.folder, types) }];
  });
  const files = entries.map(({ types }) => types);
  const configs = entries.map(({ types }) => prepare(join(root, pkg.folder), types, files, scratch));
  const [first] = configs;
  if (!first) return [];
  const compilerState = CompilerState.create(first, { additionalEntryPoints: files });
  return configs.map((config, index) => {
    const problems: string[] = [];
    Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => problems.push(...readMessage(message)),
    });
    const entry = entries[index]?.entry ?? "";
    const api = readExtractedReport(readFileSync(config.reportFilePath, "utf8"));
    // What cannot be resolved is taken for somebody else's: of an own file that cannot be.
    const unresolved = /^import .* from '\..*$/m.exec(api)?.[0];
    if (unresolved !== undefined) problems.push(`Cannot resolve ${unresolved}`);
    if (problems.length > 0) throw new Error(`Cannot read the API of ${entry}:\n${problems.join("\n")}`);
    return { entry, api };
  });
}

/** Nothing is printed; that the declarations do not compile is told. */
function readMessage(message: ExtractorMessage): string[] {
  message.handled = true;
  return message.category === "Compiler" ? [message.formatMessageWithLocation(undefined)] : [];
}

function prepare(folder: string, entry: string, files: readonly string[], scratch: string): ExtractorConfig {
  const compilerOptions = {
    target: "es2024",
    lib: ["es2024", "esnext.disposable", "webworker"],
    module: "nodenext",
    types: [],
    strict: true,
    skipLibCheck: true,
  };
  const off = { enabled: false };
  const configObject: IConfigFile = {
    projectFolder: folder,
    mainEntryPointFilePath: entry,
    compiler: { overrideTsconfig: { compilerOptions, files }, skipLibCheck: true },
    apiReport: {
      enabled: true,
      reportFolder: scratch,
      reportTempFolder: join(scratch, "temp"),
      reportFileName: "api.md",
    },
    docModel: off,
    dtsRollup: off,
    tsdocMetadata: off,
    newlineKind: "lf",
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, "package.json"),
  });
}
