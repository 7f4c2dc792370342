import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readErrorCodes } from "../shape/error-codes.ts";
import { publicPackages, type Workspace, type WorkspacePackage } from "../workspace/read-workspace.ts";

/** A line for each published package, as `llms.txt` has it: what its manifest says, and its codes if it has any. */
export function packageLines(workspace: Workspace): string[] {
  return publicPackages(workspace).map((pkg) => packageLine(workspace.root, pkg));
}

function packageLine(root: string, { folder, name, manifest }: WorkspacePackage): string {
  const entries = Object.keys(manifest.exports ?? {}).filter((entry) => entry !== "./package.json");
  const errors = join(root, folder, "src", "errors.ts");
  const codes = existsSync(errors) ? readErrorCodes(errors, readFileSync(errors, "utf8")).toSorted() : [];
  const said = codes.length > 0 ? ` Codes: ${list(codes)}.` : "";
  return `- [${name}](${folder}/README.md): ${manifest.description}. Entries: ${list(entries)}.${said}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `\`${item}\``).join(" ");
}
