import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { memberResolverConformance, policyConformance } from "../src/conformance.ts";
import {
  allOf,
  allowIds,
  allowRoles,
  anyOf,
  denyAll,
  fromAdminPolicy,
  memoryMembers,
  type Policy,
  subjectKey,
} from "../src/index.ts";
import type { PolicyGrant } from "../src/conformance.ts";

memberResolverConformance(test, async (members) => {
  const resolver = memoryMembers(members);
  return { resolver, change: async (member) => resolver.put(member) };
});

const byId = ({ subject, action }: PolicyGrant): Policy => allowIds([subjectKey(subject)], [action]);
const byRole = ({ role, action }: PolicyGrant): Policy => allowRoles({ [role]: [action] });
const byAdmin = ({ subject, action }: PolicyGrant): Policy => {
  const key = subjectKey(subject);
  return fromAdminPolicy({ isAdmin: async (asked) => subjectKey(asked) === key }, [action]);
};
const made: Readonly<Record<string, (grant: PolicyGrant) => Policy>> = {
  "allowIds()": byId,
  "allowRoles()": byRole,
  "fromAdminPolicy()": byAdmin,
  "anyOf()": (grant) => anyOf(denyAll, byRole(grant)),
  "allOf()": (grant) => allOf(byId(grant), byRole(grant)),
};
const suites = Object.entries(made).flatMap(([name, create]) => {
  const tests: { readonly name: string; readonly title: string; readonly run: () => Promise<void> }[] = [];
  policyConformance((title, run) => tests.push({ name, title, run }), create);
  return tests;
});

test.each(suites)("$name: $title", async ({ run }) => {
  await expect(run()).resolves.toBeUndefined();
});

test("the suites run under node:test too", async () => {
  const program = `
    import { test } from "node:test";
    import { memberResolverConformance, policyConformance } from ${JSON.stringify(import.meta.resolve("../src/conformance.ts"))};
    import { allowRoles, memoryMembers } from ${JSON.stringify(import.meta.resolve("../src/index.ts"))};
    memberResolverConformance(test, async (members) => ({ resolver: memoryMembers(members) }));
    policyConformance(test, ({ role, action }) => allowRoles({ [role]: [action] }));
  `;
  const args = ["--input-type=module", "--test-reporter=tap", "--eval", program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toContain("# pass 14\n");
});
