import { existsSync } from "node:fs";
import { join } from "node:path";
import { lineOfKey, type Manifest } from "../workspace/manifest.ts";
import type { Workspace, WorkspacePackage } from "../workspace/read-workspace.ts";

/** Every field that a published package.json may have, in this order (the formatter's); `?` marks the optional ones. */
const order = [
  "name version description keywords? license repository files type sideEffects imports? exports publishConfig",
  "scripts dependencies? devDependencies? peerDependencies? peerDependenciesMeta? optionalDependencies? engines executus",
]
  .join(" ")
  .split(" ");

/** Checks the package.json of a published package: which fields, in which order, with which values. */
export function checkManifestShape(workspace: Workspace, pkg: WorkspacePackage): string[] {
  const { manifest, manifestText, folder } = pkg;
  const expected: readonly (readonly [field: keyof Manifest, value: unknown])[] = [
    ["license", workspace.rootManifest.license],
    ["repository", { type: "git", url: workspace.rootManifest.repository?.url, directory: folder }],
    ["files", ["dist", "src", "CHANGELOG.md", "!dist/.tsbuildinfo"]],
    ["type", "module"],
    ["sideEffects", false],
    ["publishConfig", { access: "public" }],
    ["scripts", { build: "tsc -b" }],
    ["engines", { node: ">=22.13" }],
  ];
  const problems = [...checkFields(Object.keys(manifest)), ...checkVersion(manifest)];
  for (const [field, value] of expected) {
    if (field in manifest && JSON.stringify(manifest[field]) !== JSON.stringify(value)) {
      problems.push([field, `is not ${JSON.stringify(value)}`]);
    }
  }
  problems.push(...checkExports(join(workspace.root, folder), manifest.exports ?? {}));
  return problems.map(([field, problem]) => {
    return `${folder}/package.json:${lineOfKey(manifestText, field)}: "${field}" ${problem}`;
  });
}

/** Checks that an app cannot be published. */
export function checkAppManifest({ manifest, folder }: WorkspacePackage): string[] {
  return manifest.private === true ? [] : [`${folder}/package.json:1: "private" is not true, and an app is`];
}

type FieldProblem = readonly [field: string, problem: string];

function checkFields(fields: readonly string[]): FieldProblem[] {
  const known = order.map((field) => field.replace("?", ""));
  const missing = order.filter((field) => !field.endsWith("?") && !fields.includes(field));
  const unknown = fields.filter((field) => !known.includes(field));
  const wanted = known.filter((field) => fields.includes(field));
  const present = fields.filter((field) => known.includes(field));
  const misplaced = present.find((field, index) => field !== wanted[index]);
  return [
    ...missing.map((field): FieldProblem => [field, "is missing"]),
    ...unknown.map((field): FieldProblem => [field, "is not a field of a published package here"]),
    ...(misplaced ? [[misplaced, `is out of order: ${wanted.join(", ")}`] as const] : []),
  ];
}

function checkVersion({ version = "" }: Manifest): FieldProblem[] {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [["version", "is not a version"]];
}

function checkExports(folder: string, entries: NonNullable<Manifest["exports"]>): FieldProblem[] {
  const names = Object.keys(entries);
  const problems: FieldProblem[] = [];
  if (names[0] !== "." || names.at(-1) !== "./package.json") {
    problems.push(["exports", 'does not begin with "." and end with "./package.json"']);
  }
  for (const [name, targets] of Object.entries(entries)) {
    if (name === "./package.json") {
      if (targets !== "./package.json") problems.push(["exports", `"${name}" is not "./package.json"`]);
      continue;
    }
    const source = sourceOf(targets);
    const file = /^\.\/src\/(.+)\.ts$/.exec(source)?.[1];
    const wanted = {
      "@executus/source": `./src/${file}.ts`,
      types: `./dist/${file}.d.ts`,
      default: `./dist/${file}.js`,
    };
    if (file === undefined || JSON.stringify(targets) !== JSON.stringify(wanted)) {
      problems.push([
        "exports",
        `"${name}" is not { "@executus/source", "types", "default" } of one file of src`,
      ]);
    } else if (!existsSync(join(folder, source))) {
      problems.push(["exports", `"${name}" names "${source}", which is not there`]);
    }
  }
  return problems;
}

function sourceOf(targets: unknown): string {
  return String((targets as { readonly "@executus/source"?: unknown } | null)?.["@executus/source"]);
}
