import { join } from "node:path";

/** One check of the gate: one or more commands, each of which has to end with exit code 0. */
export interface Step {
  readonly name: string;
  readonly commands: readonly (readonly [command: string, ...args: string[]])[];
}

function script(name: string, ...args: string[]): readonly [string, ...string[]] {
  return [process.execPath, join(import.meta.dirname, "..", name), ...args];
}

/** The gate, in order: what is quick to say comes first. */
export const steps: readonly Step[] = [
  { name: "format", commands: [["oxfmt", "--check"]] },
  { name: "internal", commands: [script("sync-internal.ts", "--check")] },
  { name: "layers", commands: [script("check-layers.ts")] },
  { name: "shape", commands: [script("check-shape.ts")] },
  { name: "types", commands: [["tsc", "-p", "tsconfig.check.json"]] },
  { name: "docs", commands: [script("check-docs.ts")] },
  { name: "unused", commands: [["knip", "--no-progress"]] },
  { name: "audit", commands: [script("audit.ts")] },
  {
    name: "build",
    commands: [
      script("remove-builds.ts"),
      // Forced, since a build that was cached while dist held the output of a deleted source would bring that back.
      ["turbo", "run", "build", "--force", "--output-logs=errors-only"],
    ],
  },
  // Of what a test imports from another package it reads the types that were built: it must not depend on what lay there before.
  { name: "lint", commands: [["oxlint", "--deny-warnings"]] },
  { name: "api", commands: [script("check-api.ts")] },
  { name: "size", commands: [script("check-size.ts")] },
  { name: "packed", commands: [script("check-packed.ts")] },
];
