import assert from "node:assert/strict";
import type { Member, MemberResolver, ResolveOptions } from "../member-resolver.ts";
import { type Subject, subjectKey } from "../subject.ts";
import type { ConformanceTest } from "./conformance-test.ts";
import { lookAlikes, trickyId } from "./look-alikes.ts";

/** A resolver as the suite gets it for one test. */
export interface OpenedResolver {
  readonly resolver: MemberResolver;
  /** False for a platform that has no tenants: then every subject with one is unknown. @default true */
  readonly hasTenants?: boolean | undefined;
  /** Changes a member behind the resolver's back. Left out where only the resolver itself can. */
  readonly change?: ((member: Member) => Promise<void>) | undefined;
  /** Makes the backend fail from now on. Left out by a resolver that has none. */
  readonly fail?: (() => Promise<void>) | undefined;
  /** Closes all that was opened. */
  readonly close?: (() => Promise<void>) | undefined;
}

type Tools = OpenedResolver & {
  readonly resolve: (subject: Subject, options?: Partial<ResolveOptions>) => Promise<Member | undefined>;
};

/**
 * Registers a test for every promise in the contract of `MemberResolver`.
 *
 * @param open opens a resolver that knows these members and no others; each test opens one of its own
 * @param platform of all members that the suite makes up
 *
 * @example
 * ```ts
 * memberResolverConformance(test, async (members) => ({ resolver: memoryMembers(members) }));
 * ```
 */
export function memberResolverConformance(
  test: ConformanceTest,
  open: (members: readonly Member[]) => Promise<OpenedResolver>,
  platform = "discord",
): void {
  const ada: Member = { subject: { platform, id: trickyId }, roles: ["reviewer", "admin"] };
  const resolverTest = (
    title: string,
    members: readonly Member[],
    run: (tools: Tools) => Promise<void>,
  ): void => {
    test(title, async () => {
      const opened = await open(members);
      try {
        await run({ ...opened, resolve: resolveWith(opened.resolver) });
      } finally {
        await opened.close?.();
      }
    });
  };

  resolverTest("resolve() gives a known subject's member", [ada], async ({ resolve }) => {
    assert.deepEqual(plain(await resolve(ada.subject)), plain(ada));
  });

  const poor = { ...ada, roles: [] };
  resolverTest("resolve() gives a member without roles, who is not unknown", [poor], async ({ resolve }) => {
    assert.deepEqual(plain(await resolve(ada.subject)), plain(poor));
  });

  resolverTest("resolve() gives undefined for ids that only look alike", [ada], async ({ resolve }) => {
    for (const id of lookAlikes) assert.equal(await resolve({ platform, id }), undefined, `"${id}" is known`);
  });

  const inTenant: Member = { subject: { platform, tenant: "g1", id: "7" }, roles: ["admin"] };
  const title = "resolve() gives undefined for the same id in another tenant or platform";
  test(title, async () => {
    const probe = await open([]);
    await probe.close?.();
    const known = probe.hasTenants === false ? { ...inTenant, subject: { platform, id: "7" } } : inTenant;
    const opened = await open([known]);
    const resolve = resolveWith(opened.resolver);
    try {
      assert.deepEqual(plain(await resolve(known.subject)), plain(known));
      const others = [
        { platform, tenant: "g2", id: "7" },
        { platform: `${platform}-2`, tenant: "g1", id: "7" },
        known === inTenant ? { platform, id: "7" } : inTenant.subject,
      ];
      for (const other of others)
        assert.equal(await resolve(other), undefined, `${subjectKey(other)} is known`);
    } finally {
      await opened.close?.();
    }
  });

  resolverTest(
    "resolve() rejects with the reason of a signal that is aborted",
    [ada],
    async ({ resolve }) => {
      const reason = new Error("shutting down");
      const signal = AbortSignal.abort(reason);
      await assert.rejects(resolve(ada.subject, { signal }), (error) => error === reason);
    },
  );

  resolverTest("resolve() with fresh gives what the backend says now", [ada], async ({ resolve, change }) => {
    const demoted = { ...ada, roles: ["reviewer"] };
    await resolve(ada.subject);
    await change?.(demoted);
    assert.deepEqual(plain(await resolve(ada.subject, { fresh: true })), plain(change ? demoted : ada));
  });

  resolverTest("resolve() rejects while the backend fails", [ada], async ({ resolve, fail }) => {
    if (!fail) return;
    await fail();
    const stranger = { platform, id: "nobody" };
    for (const subject of [ada.subject, stranger]) await assert.rejects(resolve(subject, { fresh: true }));
  });
}

function resolveWith(resolver: MemberResolver): Tools["resolve"] {
  return async (subject, options = {}) => {
    const { signal = new AbortController().signal, fresh = false } = options;
    return resolver.resolve(subject, { signal, fresh });
  };
}

/** What counts of a member, with its roles in one order. */
function plain(member: Member | undefined): object | undefined {
  return member && { subject: subjectKey(member.subject), roles: member.roles.toSorted() };
}
