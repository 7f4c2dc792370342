import assert from "node:assert/strict";
import type { Member } from "../member-resolver.ts";
import { type Ask, type Effect, type Policy, readEffect } from "../policy.ts";
import type { Subject } from "../subject.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { lookAlikes, trickyId } from "./look-alikes.ts";

/** The one thing that the policy under test allows. A policy may go by the subject, or by the role that it has. */
export interface PolicyGrant {
  readonly subject: Subject;
  readonly action: string;
  readonly role: string;
}

const grant: PolicyGrant = {
  subject: { platform: "discord", tenant: "g1", id: trickyId, kind: "user" },
  action: "report:Read",
  role: "reviewer",
};
const failed = async (): Promise<never> => {
  throw new Error("the directory is down");
};
const answers: readonly unknown[] = [true, false, "allow", "forbid", "none", "error"];

/**
 * Registers a test for every promise in the contract of `Policy`. The policy has to grant something; what only forbids is
 * tested through what it is put around.
 *
 * @param create makes a policy that allows the grant and nothing else
 *
 * @example
 * ```ts
 * policyConformance(test, ({ role, action }) => allowRoles({ [role]: [action] }));
 * ```
 */
export function policyConformance(
  test: ConformanceTest,
  create: (grant: PolicyGrant) => Policy | Promise<Policy>,
): void {
  const policyTest = (title: string, run: (policy: Policy) => Promise<void>): void => {
    test(title, async () => run(await create(grant)));
  };

  policyTest("name is a line of text", async ({ name }) => {
    assert.match(name, /^[^\p{Cc}]+$/u);
  });

  policyTest("decide() allows what was granted, time and again", async (policy) => {
    for (let time = 0; time < 3; time += 1) {
      assert.equal(await effectOf(policy, {}), "allow");
      assert.notEqual(await effectOf(policy, { action: "other", member: failed }), "allow");
    }
  });

  policyTest("decide() does not allow another subject, however alike", async (policy) => {
    const { subject } = grant;
    const others = [
      ...lookAlikes.map((id) => ({ ...subject, id })),
      { ...subject, tenant: "g2" },
      { ...subject, platform: "telegram" },
      { platform: subject.platform, id: subject.id },
    ];
    for (const other of others) {
      const effect = await effectOf(policy, { subject: other, member: async () => undefined });
      assert.notEqual(effect, "allow", `allows ${JSON.stringify(other)}`);
    }
  });

  policyTest("decide() does not allow another action, however alike", async (policy) => {
    for (const action of ["report:read", "report:Read ", "report:Rea", "report:Read:all", "report", "*"]) {
      assert.notEqual(await effectOf(policy, { action }), "allow", `allows "${action}"`);
    }
  });

  policyTest("decide() does not allow because the member cannot be looked up", async (policy) => {
    const { effect, lookups } = await watchLookups(policy, failed);
    if (lookups > 0) assert.notEqual(effect, "allow");
  });

  policyTest("decide() does not allow because the member is unknown or lacks the role", async (policy) => {
    const withRoles =
      (...roles: string[]) =>
      async (): Promise<Member> => ({ subject: grant.subject, roles });
    for (const found of [
      async () => undefined,
      withRoles(),
      withRoles("Reviewer", "reviewers", "constructor"),
    ]) {
      const { effect, lookups } = await watchLookups(policy, found);
      if (lookups > 0) assert.notEqual(effect, "allow");
    }
  });

  policyTest("decide() answers with an effect or a boolean, or throws, whatever is asked", async (policy) => {
    for (const text of ["__proto__", "constructor", "\u0000", "\ud83e", "a".repeat(100_000)]) {
      const subject = { ...grant.subject, id: text };
      for (const asked of [{ action: text }, { subject }, { resource: text }]) {
        const answer: unknown = await answerOf(policy, asked).catch(() => "error");
        assert.ok(answers.includes(answer), "answers with something else");
      }
    }
  });
}

type Asked = Partial<Pick<Ask, "subject" | "action" | "resource" | "member">>;

/** What a policy answers, if asked about the grant unless something else is said. */
async function answerOf(policy: Policy, asked: Asked): Promise<Effect | boolean> {
  const member = async (): Promise<Member> => ({ subject: grant.subject, roles: [grant.role] });
  const { signal } = new AbortController();
  const { subject, action } = grant;
  return policy.decide(Object.freeze({ subject, action, resource: undefined, signal, member, ...asked }));
}

async function effectOf(policy: Policy, asked: Asked): Promise<Effect> {
  return answerOf(policy, asked).then(readEffect, () => "error");
}

async function watchLookups(
  policy: Policy,
  member: Ask["member"],
): Promise<{ readonly effect: Effect; readonly lookups: number }> {
  let lookups = 0;
  const effect = await effectOf(policy, {
    member: () => {
      lookups += 1;
      return member();
    },
  });
  return { effect, lookups };
}
