/**
 * The oxlint rules that each check asks for, and how serious each is: faults that a careful reviewer
 * would raise, no matters of style. An explicit list, so that a new version of oxlint changes nothing
 * by itself. Names are oxlint's: no prefix for the ESLint rules, else `plugin/rule`. Left out on
 * purpose: rules that resolve imports (they would read files) and rules that guess wrong when the
 * types of imports are unknown, as they are here.
 * @module
 */

import type { CheckName, CheckSeverity } from "./finding.ts";

/** One run of oxlint serves these three; `secrets` has its own tool. */
export type LintCheck = Exclude<CheckName, "secrets">;

type RuleSet = Readonly<Partial<Record<CheckSeverity, readonly string[]>>>;

const correctness: RuleSet = {
  error: [
    "constructor-super",
    "for-direction",
    "getter-return",
    "no-async-promise-executor",
    "no-class-assign",
    "no-compare-neg-zero",
    "no-const-assign",
    "no-debugger",
    "no-dupe-class-members",
    "no-dupe-else-if",
    "no-dupe-keys",
    "no-duplicate-case",
    "no-empty-character-class",
    "no-eval",
    "no-ex-assign",
    "no-func-assign",
    "no-import-assign",
    "no-invalid-regexp",
    "no-loss-of-precision",
    "no-new-native-nonconstructor",
    "no-obj-calls",
    "no-self-assign",
    "no-setter-return",
    "no-this-before-super",
    "no-unexpected-multiline",
    "no-unsafe-finally",
    "no-unsafe-negation",
    "no-unsafe-optional-chaining",
    "no-useless-backreference",
    "use-isnan",
    "valid-typeof",
    "node/no-exports-assign",
    "oxc/bad-array-method-on-arguments",
    "oxc/bad-char-at-comparison",
    "oxc/bad-match-all-arg",
    "oxc/bad-min-max-func",
    "oxc/bad-object-literal-comparison",
    "oxc/bad-replace-all-arg",
    "oxc/const-comparisons",
    "oxc/missing-throw",
    "oxc/number-arg-out-of-range",
    "oxc/uninvoked-array-callback",
    "promise/no-new-statics",
    "react/jsx-no-duplicate-props",
    "react/no-direct-mutation-state",
    "react-hooks/rules-of-hooks",
    "typescript/no-array-delete",
    "typescript/no-duplicate-enum-values",
    "typescript/no-floating-promises",
    "typescript/no-misused-new",
    "typescript/no-non-null-asserted-optional-chain",
    "unicorn/no-accessor-recursion",
    "unicorn/no-invalid-fetch-options",
    "unicorn/no-invalid-remove-event-listener",
    "unicorn/no-negation-in-equality-check",
  ],
  warn: [
    "no-cond-assign",
    "no-constant-binary-expression",
    "no-constant-condition",
    "no-constructor-return",
    "no-empty",
    "no-empty-pattern",
    "no-extend-native",
    "no-fallthrough",
    "no-global-assign",
    "no-implied-eval",
    "no-irregular-whitespace",
    "no-misleading-character-class",
    "no-new-wrappers",
    "no-self-compare",
    "no-shadow-restricted-names",
    "no-sparse-arrays",
    "no-throw-literal",
    "no-unassigned-vars",
    "no-unreachable",
    "no-unused-expressions",
    "no-useless-catch",
    "require-yield",
    "node/handle-callback-err",
    "oxc/bad-comparison-sequence",
    "oxc/double-comparisons",
    "oxc/erasing-op",
    "oxc/misrefactored-assign-op",
    "promise/catch-or-return",
    "promise/no-multiple-resolved",
    "promise/no-return-in-finally",
    "promise/valid-params",
    "react-hooks/exhaustive-deps",
    "react/jsx-key",
    "typescript/no-for-in-array",
    "typescript/no-misused-promises",
    "typescript/no-unsafe-declaration-merging",
    "typescript/return-await",
    "unicorn/no-array-fill-with-reference-type",
    "unicorn/no-await-in-promise-methods",
    "unicorn/no-new-buffer",
  ],
};

const testsAndDocs: RuleSet = {
  error: [
    "jest/no-focused-tests",
    "jest/valid-describe-callback",
    "jest/valid-expect-in-promise",
    "vitest/no-focused-tests",
    "vitest/require-awaited-expect-poll",
    "vitest/valid-describe-callback",
    "vitest/valid-expect-in-promise",
  ],
  warn: [
    "jest/expect-expect",
    "jest/no-disabled-tests",
    "jest/no-export",
    "jest/no-identical-title",
    "jest/valid-expect",
    "jsdoc/check-property-names",
    "jsdoc/implements-on-classes",
    "jsdoc/require-param-name",
    "jsdoc/require-property-name",
    "vitest/expect-expect",
    "vitest/hoisted-apis-on-top",
    "vitest/no-disabled-tests",
    "vitest/no-identical-title",
    "vitest/valid-expect",
  ],
  info: ["jest/no-commented-out-tests", "vitest/no-commented-out-tests"],
};

const complexity: RuleSet = {
  warn: ["complexity", "max-depth", "max-nested-callbacks"],
  info: ["max-lines-per-function", "max-params"],
};

export const ruleSets: Readonly<Record<LintCheck, RuleSet>> = {
  correctness,
  "tests-and-docs": testsAndDocs,
  complexity,
};

/** A helper that asserts for the test counts as an assertion, whatever the library calls it. */
const assertions = ["expect", "expect*", "assert*", "assert*.**", "*.assert*", "t.*", "should*"];

export const ruleOptions: Readonly<Record<string, unknown>> = {
  complexity: { max: 20 },
  "max-depth": { max: 5 },
  "max-lines-per-function": { max: 120, skipBlankLines: true, skipComments: true },
  "max-nested-callbacks": { max: 5 },
  "max-params": { max: 7 },
  "no-constant-condition": { checkLoops: false },
  "no-empty": { allowEmptyCatch: false },
  "no-unused-expressions": {
    allowShortCircuit: true,
    allowTernary: true,
    allowTaggedTemplates: true,
  },
  "jest/expect-expect": { assertFunctionNames: assertions },
  "promise/catch-or-return": { allowFinally: true, allowThen: true },
  "typescript/return-await": "error-handling-correctness-only",
  "vitest/expect-expect": { assertFunctionNames: assertions },
};

/** A suite is one long function, and its assertions may be bare expressions. */
export const notInTests: ReadonlySet<string> = new Set([
  "max-lines-per-function",
  "max-nested-callbacks",
  "no-unused-expressions",
]);

/** Rules of a library's plugin, `plugin/`, say something only in a file that imports the library. */
export const pluginNeeds: Readonly<Record<string, RegExp>> = {
  react: /["']p?react(?:\/|["'])/,
  "react-hooks": /["']p?react(?:\/|["'])/,
  vitest: /["']vitest["']/,
};

/** Jest's tests import nothing; where the same rule of another plugin applies, Jest's is not repeated. */
export const pluginUnless: Readonly<Record<string, RegExp>> = { jest: /["']vitest["']/ };

/** What a rule says is not repeated by the weaker rule that says it too, for the same line. */
export const supersededBy: Readonly<Record<string, string>> = {
  "promise/catch-or-return": "typescript/no-floating-promises",
};
