import { expect, test } from "vitest";
import { memberResolverConformance, policyConformance } from "../src/conformance.ts";
import { allowIds, memoryMembers, type MemberResolver, subjectKey } from "../src/index.ts";
import { wrongPolicies, type WrongPolicy } from "./wrong-policies.ts";
import { rightResolver, type WrongResolver, wrongResolvers } from "./wrong-resolvers.ts";

type Suite = Map<string, () => Promise<void>>;

function resolverSuite(open: WrongResolver["open"]): Suite {
  const suite: Suite = new Map();
  memberResolverConformance((title, run) => suite.set(title, run), open);
  return suite;
}

function policySuite(create: WrongPolicy["create"]): Suite {
  const suite: Suite = new Map();
  policyConformance((title, run) => suite.set(title, run), create);
  return suite;
}

const rightPolicy: WrongPolicy["create"] = ({ subject, action }) => allowIds([subjectKey(subject)], [action]);

test("every test of the suites has a wrong implementation that fails it", () => {
  const titlesOf = (wrong: readonly { readonly title: string }[]): Set<string> =>
    new Set(wrong.map(({ title }) => title));
  expect(titlesOf(wrongResolvers)).toEqual(new Set(resolverSuite(rightResolver.open).keys()));
  expect(titlesOf(wrongPolicies)).toEqual(new Set(policySuite(rightPolicy).keys()));
});

test("memberResolverConformance() passes a resolver that is wrapped as the wrong ones are", async () => {
  const runs = [...resolverSuite(rightResolver.open).values()];
  await expect(Promise.all(runs.map((run) => run()))).resolves.toHaveLength(runs.length);
});

test("memberResolverConformance() takes a resolver without tenants for right only if hasTenants is false", async () => {
  const title = "resolve() gives undefined for the same id in another tenant or platform";
  const run = async (hasTenants?: boolean): Promise<void> => {
    const suite = resolverSuite(async (members) => {
      const inner = memoryMembers(members);
      const resolve: MemberResolver["resolve"] = async (subject, options) =>
        subject.tenant === undefined ? inner.resolve(subject, options) : undefined;
      return { resolver: { resolve }, hasTenants };
    });
    await suite.get(title)?.();
  };
  await expect(run(false)).resolves.toBeUndefined();
  await expect(run()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});

test.each(wrongResolvers)("$title: fails a resolver that $does", async ({ title, open }) => {
  // By an assertion: an error of another kind would be a mistake in the wrong resolver itself.
  await expect(resolverSuite(open).get(title)?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});

test.each(wrongPolicies)("$title: fails a policy that $does", async ({ title, create }) => {
  await expect(policySuite(create).get(title)?.()).rejects.toMatchObject({ code: "ERR_ASSERTION" });
});
