import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { allOf, anyOf, createIdentity, denyAll, type Effect, forbid, type Policy } from "../src/index.ts";
import { ada, always, policyOf } from "./asks.ts";

const quiet = { logger: { warn: () => {} } };

async function effectOf(policy: Policy): Promise<Effect | boolean> {
  const member = (): Promise<never> => expect.unreachable();
  const { signal } = new AbortController();
  return policy.decide({ subject: ada, action: "read", signal, member });
}

// The whole algebra, written out: every pair of effects.
const pairs: readonly (readonly [one: Effect, other: Effect, anyOfThem: Effect, allOfThem: Effect])[] = [
  ["allow", "allow", "allow", "allow"],
  ["allow", "forbid", "forbid", "forbid"],
  ["allow", "none", "allow", "none"],
  ["allow", "error", "allow", "error"],
  ["forbid", "allow", "forbid", "forbid"],
  ["forbid", "forbid", "forbid", "forbid"],
  ["forbid", "none", "forbid", "forbid"],
  ["forbid", "error", "forbid", "forbid"],
  ["none", "allow", "allow", "none"],
  ["none", "forbid", "forbid", "forbid"],
  ["none", "none", "none", "none"],
  ["none", "error", "error", "error"],
  ["error", "allow", "allow", "error"],
  ["error", "forbid", "forbid", "forbid"],
  ["error", "none", "error", "error"],
  ["error", "error", "error", "error"],
];

test("the tables of anyOf() and allOf() hold every pair of effects, in both orders", () => {
  const effects: readonly Effect[] = ["allow", "forbid", "none", "error"];
  const all = effects.flatMap((one) => effects.map((other) => `${one} ${other}`));
  expect(pairs.map(([one, other]) => `${one} ${other}`)).toEqual(all);
});

test.each(pairs)("anyOf() of %s and %s is %s", async (one, other, expected) => {
  await expect(effectOf(anyOf(always(one), always(other)))).resolves.toBe(expected);
});

test.each(pairs)("allOf() of %s and %s, where anyOf is %s, is %s", async (one, other, _anyOf, expected) => {
  await expect(effectOf(allOf(always(one), always(other)))).resolves.toBe(expected);
});

test.each<[Effect, Effect]>([
  ["allow", "forbid"],
  ["forbid", "forbid"],
  ["none", "none"],
  ["error", "forbid"],
])("forbid() of %s is %s", async (effect, expected) => {
  await expect(effectOf(forbid(always(effect)))).resolves.toBe(expected);
});

test.each<[Effect, Effect, Effect]>([
  ["allow", "allow", "allow"],
  ["forbid", "forbid", "forbid"],
  ["none", "none", "none"],
  ["error", "error", "error"],
])("anyOf() and allOf() of %s alone are that", async (effect, ofAny, ofAll) => {
  await expect(effectOf(anyOf(always(effect)))).resolves.toBe(ofAny);
  await expect(effectOf(allOf(always(effect)))).resolves.toBe(ofAll);
});

test("anyOf() and allOf() of no policies are none: an empty list lets nobody in", async () => {
  await expect(effectOf(anyOf())).resolves.toBe("none");
  await expect(effectOf(allOf())).resolves.toBe("none");
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
  ["rejects", () => Promise.reject(new Error("down"))],
  ["answers with undefined", () => undefined],
  ["answers with 1", () => 1],
])("a policy that %s is an error to the policies around it", async (_does, decide) => {
  const broken = policyOf("broken", decide);
  await expect(effectOf(anyOf(broken, denyAll))).resolves.toBe("error");
  await expect(effectOf(anyOf(broken, always("allow")))).resolves.toBe("allow");
  await expect(effectOf(allOf(broken, always("allow")))).resolves.toBe("error");
  await expect(effectOf(forbid(broken))).resolves.toBe("forbid");
});

/** A policy of any depth, and if something in it forbids or fails. */
interface Tree {
  readonly policy: Policy;
  readonly forbids: boolean;
  readonly hasAllow: boolean;
}

const leaf = fc.constantFrom<Effect>("allow", "forbid", "none", "error").map((effect): Tree => ({
  policy: always(effect),
  forbids: effect === "forbid",
  hasAllow: effect === "allow",
}));
const { tree } = fc.letrec<{ tree: Tree }>((tie) => {
  const some = fc.array(tie("tree"), { maxLength: 4 });
  const join =
    (make: (...policies: Policy[]) => Policy) =>
    (trees: Tree[]): Tree => ({
      policy: make(...trees.map(({ policy }) => policy)),
      forbids: trees.some(({ forbids }) => forbids),
      hasAllow: trees.some(({ hasAllow }) => hasAllow),
    });
  return {
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      some.map(join(anyOf)),
      some.map(join(allOf)),
    ),
  };
});

test("one policy that forbids, at any depth and place, is a denial, and without one that allows nothing is allowed", async () => {
  const seed = Number(process.env["EXECUTUS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`2000 trees of policies, EXECUTUS_SEED=${seed}\n`);
  const holds = async ({ policy, forbids, hasAllow }: Tree): Promise<void> => {
    const effect = await effectOf(policy);
    if (forbids) expect(effect).toBe("forbid");
    if (!hasAllow) expect(effect).not.toBe("allow");
  };
  await expect(fc.assert(fc.asyncProperty(tree, holds), { numRuns: 2_000, seed })).resolves.toBeUndefined();
});

test("by names the policy inside the combination that decided, and none where none did", async () => {
  const policy = anyOf(
    always("none"),
    allOf(
      policyOf("first", () => true),
      policyOf("second", () => true),
    ),
  );
  const identity = createIdentity({ policy });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: true, by: "first" });
  const closed = createIdentity({ policy: anyOf(always("none"), forbid(always("none"))) });
  await expect(closed.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", by: undefined });
  const banned = createIdentity({ policy: anyOf(policy, forbid(policyOf("banned", () => true))) });
  await expect(banned.check(ada, "read")).resolves.toMatchObject({ reason: "forbidden", by: "banned" });
});

test("a combination inside a policy of somebody's own decides as it does alone", async () => {
  const inner = anyOf(always("error"), always("allow"));
  const wrapped = policyOf("wrapped", (ask) => inner.decide(ask));
  await expect(createIdentity({ policy: wrapped }).check(ada, "read")).resolves.toMatchObject({
    allowed: true,
    by: "wrapped",
  });
});

test("anyOf() asks all policies at once", async () => {
  const asked: string[] = [];
  const first = policyOf("first", async () => {
    asked.push("first");
    await vi.waitFor(() => expect(asked).toContain("second"));
    return true;
  });
  const second = policyOf("second", () => asked.push("second") > 0 && false);
  await expect(
    createIdentity({ ...quiet, policy: anyOf(first, second) }).check(ada, "read"),
  ).resolves.toMatchObject({
    allowed: true,
  });
});

test.each<[string, () => unknown, string]>([
  ["anyOf()", () => anyOf(denyAll, undefined as never), "Cannot combine: 'policies[1]'"],
  ["allOf()", () => allOf({ name: "", decide: () => true }), "Cannot combine: 'policies[0]'"],
  ["forbid()", () => forbid({ name: "x" } as never), "Cannot forbid: 'policy'"],
])("%s throws a TypeError for what is no policy", (_name, make, what) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(`${what} must be a policy, with a name and a decide function: received`);
});
