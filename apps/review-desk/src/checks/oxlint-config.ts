import { mendableRules } from "./mendable-rules.ts";
import { ruleOptions, ruleSets } from "./rule-sets.ts";

const plugins = ["jest", "jsdoc", "node", "oxc", "promise", "react", "typescript", "unicorn", "vitest"];

/**
 * The whole configuration of a run, with no other file behind it. Without `typeAware` the rules that
 * need types say nothing and the type checker is not started.
 */
export function oxlintConfig(typeAware: boolean): string {
  const names = Object.values(ruleSets).flatMap((set) => Object.values(set).flat());
  return configOf(names, typeAware);
}

/** The same with nothing but the rules whose faults are mended without thinking. */
export function mendingConfig(): string {
  return configOf(mendableRules, false);
}

function configOf(names: readonly string[], typeAware: boolean): string {
  const rules = names.map((name) => {
    const options = ruleOptions[name];
    return [name, options === undefined ? "warn" : ["warn", options]];
  });
  return JSON.stringify({
    plugins,
    categories: { correctness: "off" },
    env: { builtin: true, browser: true, node: true },
    options: { typeAware },
    rules: Object.fromEntries(rules),
  });
}

/**
 * The type checker's configuration for one file in a folder of its own: no other reviewed file is part
 * of its program, so a hostile `declare global` changes nothing for others, and the findings of a file
 * do not depend on what was checked beside it. Imports are not followed.
 */
export function tsconfigFor(copyName: string, platformTypes: string): string {
  return JSON.stringify({
    compilerOptions: {
      target: "es2024",
      lib: ["es2024"],
      module: "esnext",
      moduleResolution: "bundler",
      moduleDetection: "force",
      types: [],
      typeRoots: [],
      noResolve: true,
      allowJs: true,
      strict: true,
      jsx: "preserve",
      noEmit: true,
    },
    files: [copyName, platformTypes],
  });
}
