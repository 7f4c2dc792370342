import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  allOf,
  type Ask,
  allowIds,
  allowRoles,
  anyOf,
  createIdentity,
  denyAll,
  forbid,
  fromAdminPolicy,
  IdentityError,
  type IdentityOptions,
  memoryMembers,
  type Member,
  type MemberResolver,
} from "../src/index.ts";
import { ada, always, bob, heldResolver, never, policyOf, reasonOf, settle } from "./asks.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const everyone = allowIds({ everyone: true });
const quiet = { logger: { warn: () => {} } };

test.each<[string, IdentityOptions | undefined]>([
  ["no options", undefined],
  ["no policy", { policy: undefined }],
  ["denyAll", { policy: denyAll }],
  ["no admin policy", { policy: fromAdminPolicy(undefined) }],
  ["no policies", { policy: anyOf() }],
  ["no policies of all", { policy: allOf() }],
  ["nothing but denyAll", { policy: anyOf(denyAll, anyOf(fromAdminPolicy(undefined))) }],
])("check() with %s denies as unconfigured, and tells it once", async (_name, options) => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const resolve = vi.fn<() => Promise<undefined>>();
  const identity = createIdentity({ ...options, logger: { warn }, resolver: { resolve } });
  expect(warn).not.toHaveBeenCalled();
  for (const subject of [ada, bob, undefined]) {
    await expect(identity.check(subject, "read")).resolves.toMatchObject({
      allowed: false,
      reason: "unconfigured",
    });
  }
  expect(warn.mock.calls).toEqual([
    [
      {
        error: expect.objectContaining({ code: "IDENTITY_UNCONFIGURED", message: "no policy is configured" }),
      },
      'Identity denies what the policy "deny-all" is asked',
    ],
  ]);
  expect(resolve).not.toHaveBeenCalled();
});

test("check() without a logger tells of a missing policy by a process warning", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const identity = createIdentity();
  await identity.check(ada, "read");
  await identity.check(bob, "write");
  expect(warn.mock.calls).toEqual([
    ['Identity denies what the policy "deny-all" is asked: no policy is configured'],
  ]);
  warn.mockRestore();
});

test("check() of a role without a resolver denies as unconfigured, and tells it once", async () => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const policy = anyOf(allowRoles({ admin: ["*"] }), allowIds(["slack/U1"]));
  const identity = createIdentity({ policy, logger: { warn } });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("unconfigured");
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("unconfigured");
  await expect(reasonOf(identity, { platform: "slack", id: "U1" }, "read")).resolves.toBe("allowed");
  expect(warn).toHaveBeenCalledTimes(1);
});

test("a ban by role forbids everybody while no resolver is configured", async () => {
  const policy = anyOf(everyone, forbid(allowRoles({ banned: ["*"] })));
  const identity = createIdentity({ ...quiet, policy });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({
    reason: "unconfigured",
    by: "allow-roles",
  });
});

test("check() calls no resolver for nobody, for what is no subject, or for a platform that it does not have", async () => {
  const resolve = vi.fn<() => Promise<undefined>>();
  const resolver: MemberResolver = { platforms: ["discord"], resolve };
  const identity = createIdentity({ policy: allowRoles({ admin: ["*"] }), resolver });
  const denied = { allowed: false, cached: false };
  await expect(identity.check(undefined, "read")).resolves.toMatchObject({ ...denied, reason: "no-subject" });
  await expect(identity.check({ platform: "discord", id: "" }, "read")).resolves.toMatchObject(denied);
  const elsewhere = { platform: "irc", id: "7" };
  await expect(identity.check(elsewhere, "read")).resolves.toMatchObject({ ...denied, reason: "no-match" });
  await expect(identity.check(elsewhere, "read")).resolves.toMatchObject({ allowed: false, cached: true });
  await expect(identity.member(elsewhere)).resolves.toBeUndefined();
  expect(resolve).not.toHaveBeenCalled();
});

test("check() denies bots unless they are allowed, whoever else is", async () => {
  const bot = { ...bob, kind: "bot" } as const;
  const identity = createIdentity({ policy: everyone });
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("allowed");
  await expect(identity.check(bot, "read")).resolves.toMatchObject({ reason: "forbidden", by: "no-bots" });
  await expect(reasonOf(identity, { ...bob, kind: "system" }, "read")).resolves.toBe("allowed");
  await expect(reasonOf(createIdentity({ policy: everyone, allowBots: true }), bot, "read")).resolves.toBe(
    "allowed",
  );
});

test("check() keeps what was decided for one kind from another", async () => {
  const policy = policyOf("people", ({ subject }) => subject.kind === "user");
  const identity = createIdentity({ policy, allowBots: true });
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("allowed");
  await expect(reasonOf(identity, { ...bob, kind: "bot" }, "read")).resolves.toBe("no-match");
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
  ["rejects", () => Promise.reject(new Error("down"))],
  ["answers yes", () => "yes"],
  ["answers 1", () => 1],
  ["answers with an object", () => ({})],
  ["answers with nothing", () => undefined],
  ["answers with a promise of yes", () => Promise.resolve("yes")],
  ["answers with an effect of another case", () => "Allow"],
  ["answers with a promise of a promise that rejects", async () => Promise.reject(new Error("down"))],
])("check() denies with error by a policy that %s, and does not keep that", async (_does, decide) => {
  const policy = { name: "broken", decide: vi.fn<() => never>(decide as () => never) };
  const identity = createIdentity({ ...quiet, policy });
  for (let time = 0; time < 2; time += 1) {
    await expect(identity.check(ada, "read")).resolves.toMatchObject({
      allowed: false,
      reason: "error",
      by: "broken",
      cached: false,
    });
  }
  expect(policy.decide).toHaveBeenCalledTimes(2);
});

test("a policy that cannot decide is told of once, without its message where there is no logger", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const policy = policyOf("broken", () => {
    throw new RangeError("token xoxb-1");
  });
  const identity = createIdentity({ policy });
  await identity.check(ada, "read");
  await identity.check(bob, "read");
  expect(warn.mock.calls).toEqual([['Identity denies what the policy "broken" is asked: RangeError']]);
  warn.mockRestore();
});

test.each<[string, () => unknown, Error]>([
  [
    "throws",
    () => {
      throw new RangeError("token xoxb-1");
    },
    new RangeError("token xoxb-1"),
  ],
  ["answers yes", () => "yes", new TypeError("its answer is an error, or none of a policy")],
])("a policy that %s is told of to the logger, with its error", async (_does, decide, error) => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const identity = createIdentity({ policy: policyOf("broken", decide), logger: { warn } });
  await identity.check(ada, "read");
  expect(warn.mock.calls).toEqual([[{ error }, 'Identity denies what the policy "broken" is asked']]);
});

test("a signal that aborts while a check begins ends it", async () => {
  const controller = new AbortController();
  const clock = (): number => {
    controller.abort("over");
    return 0;
  };
  const identity = createIdentity({ policy: policyOf("slow", never), clock });
  await expect(identity.check(ada, "read", { signal: controller.signal })).rejects.toBe("over");
  vi.clearAllTimers();
});

test("a policy that waits for a kept member and then for ever is heard once", async () => {
  const decide = vi.fn<(ask: Ask) => Promise<boolean>>(async ({ action, member }) => {
    await member();
    return action === "read" || never();
  });
  const resolver: MemberResolver = { resolve: async (subject) => ({ subject, roles: [] }) };
  const identity = createIdentity({ ...quiet, policy: { name: "slow", decide }, resolver, denyTtlMs: 0 });
  await identity.check(ada, "read");
  await vi.advanceTimersByTimeAsync(10);
  const checked = reasonOf(identity, ada, "write");
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(checked).resolves.toBe("timeout");
  expect(decide).toHaveBeenCalledTimes(2);
});

test("a policy that denies without a member is heard once, however short denials are kept", async () => {
  const decide = vi.fn<() => boolean>(() => false);
  const identity = createIdentity({ policy: { name: "strict", decide }, denyTtlMs: 0 });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: false });
  expect(decide).toHaveBeenCalledTimes(1);
});

test("check() denies with timeout by a policy that never settles, and tells it through the ask's signal", async () => {
  let signal: AbortSignal | undefined;
  const policy = policyOf("slow", (ask) => {
    signal = ask.signal;
    return never();
  });
  const identity = createIdentity({ ...quiet, policy, timeoutMs: 2_000 });
  const checked = identity.check(ada, "read");
  await vi.advanceTimersByTimeAsync(1_999);
  expect(signal?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await expect(checked).resolves.toMatchObject({
    allowed: false,
    reason: "timeout",
    by: "slow",
    cached: false,
  });
  expect(signal?.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("anyOf() with a policy that never settles allows what another one allows, once time is up", async () => {
  const policy = anyOf(policyOf("slow", never), everyone);
  const checked = createIdentity({ ...quiet, policy }).check(ada, "read");
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(checked).resolves.toMatchObject({ allowed: true, by: "allow-everyone" });
});

test("check() leaves no timer behind", async () => {
  const identity = createIdentity({ policy: allowRoles({ admin: ["*"] }), resolver: memoryMembers() });
  await identity.check(ada, "read");
  expect(vi.getTimerCount()).toBe(0);
});

const roles = { policy: allowRoles({ admin: ["*"] }), ...quiet };

test.each<[string, MemberResolver["resolve"]]>([
  ["rejects with a 401", () => Promise.reject(new Error("401"))],
  ["rejects with nothing", () => Promise.reject(undefined)],
  [
    "throws",
    () => {
      throw new Error("503");
    },
  ],
  ["answers with the body of a 401", async () => ({ message: "401: Unauthorized", code: 0 }) as never],
  ["answers with null", async () => null as never],
  ["answers with a string", async () => "admin" as never],
  ["answers without roles", async (subject) => ({ subject }) as never],
  ["answers with one role as a string", async (subject) => ({ subject, roles: "admin" }) as never],
  ["answers with roles that are no strings", async (subject) => ({ subject, roles: [7, "admin"] }) as never],
  ["answers with another member", async () => ({ subject: bob, roles: ["admin"] })],
  ["answers with nobody's member", async () => ({ roles: ["admin"] }) as never],
])(
  "a resolver that %s is an error, neither absent nor without roles, and asked again",
  async (_does, resolve) => {
    const resolver = { resolve: vi.fn<MemberResolver["resolve"]>(resolve) };
    const identity = createIdentity({ ...roles, resolver });
    await expect(reasonOf(identity, ada, "read")).resolves.toBe("error");
    await expect(identity.member(ada)).rejects.not.toBe(expect.anything());
    resolver.resolve.mockImplementation(async (subject) => ({ subject, roles: ["admin"] }));
    await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
    expect(resolver.resolve).toHaveBeenCalledTimes(3);
  },
);

test("a resolver that never answers is an error, told through its signal, and asked again", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...roles, resolver, timeoutMs: 500 });
  const checked = reasonOf(identity, ada, "read");
  await vi.advanceTimersByTimeAsync(500);
  await expect(checked).resolves.toBe("error");
  expect(resolver.calls[0]?.signal.aborted).toBe(true);
  const again = reasonOf(identity, ada, "read");
  await settle();
  resolver.answer(1, ["admin"]);
  await expect(again).resolves.toBe("allowed");
  expect(vi.getTimerCount()).toBe(0);
});

test("a policy that ignores a failed lookup leaves no unhandled rejection", async () => {
  const policy = policyOf("careless", ({ member }) => {
    void member();
    return false;
  });
  const resolver = { resolve: () => Promise.reject(new Error("down")) };
  await expect(reasonOf(createIdentity({ policy, resolver }), ada, "read")).resolves.toBe("no-match");
  await settle();
});

test("an ask cannot be changed, and looks its member up once", async () => {
  const resolve = vi.fn<MemberResolver["resolve"]>(async (subject) => ({ subject, roles: ["admin"] }));
  const found: (Member | undefined)[] = [];
  const policy = policyOf("careful", async (ask) => {
    found.push(await ask.member(), await ask.member());
    expect(Object.isFrozen(ask) && Object.isFrozen(ask.subject) && Object.isFrozen(found[0]?.roles)).toBe(
      true,
    );
    return ask.resource === "a.ts";
  });
  const identity = createIdentity({ policy: anyOf(policy, policy), resolver: { resolve } });
  await expect(reasonOf(identity, ada, "read", { resource: "a.ts", fresh: true })).resolves.toBe("allowed");
  await expect(reasonOf(identity, ada, "read", { resource: "b.ts" })).resolves.toBe("no-match");
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("no-match");
  expect(found[0]).toEqual({ subject: { ...ada, kind: "user" }, roles: ["admin"] });
  expect(resolve).toHaveBeenCalledTimes(1);
});

test("100 parallel checks of one subject make one lookup", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...roles, resolver });
  const checks = Array.from({ length: 100 }, (_, index) => reasonOf(identity, ada, `action-${index % 10}`));
  await settle();
  resolver.answer(0, ["admin"]);
  await expect(Promise.all(checks)).resolves.toEqual(checks.map(() => "allowed"));
  expect(resolver.calls).toHaveLength(1);
});

test("100 parallel checks of one action ask the policy once", async () => {
  const decide = vi.fn<() => Promise<boolean>>(async () => true);
  const identity = createIdentity({ policy: { name: "once", decide } });
  const decisions = await Promise.all(Array.from({ length: 100 }, () => identity.check(ada, "read")));
  expect(decisions.every(({ allowed, cached }) => allowed && !cached)).toBe(true);
  expect(decide).toHaveBeenCalledTimes(1);
});

test("one caller's abort fails that caller only", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...roles, resolver });
  const controller = new AbortController();
  const { signal } = controller;
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  const [impatient, member] = [identity.check(ada, "read", { signal }), identity.member(ada, { signal })];
  const others = Array.from({ length: 9 }, () => reasonOf(identity, ada, "read"));
  await settle();
  const reason = new Error("left");
  controller.abort(reason);
  await expect(impatient).rejects.toBe(reason);
  await expect(member).rejects.toBe(reason);
  expect(resolver.calls[0]?.signal.aborted).toBe(false);
  resolver.answer(0, ["admin"]);
  await expect(Promise.all(others)).resolves.toEqual(others.map(() => "allowed"));
  expect(resolver.calls).toHaveLength(1);
  await settle();
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});

test("check() and member() reject with the reason of a signal that is aborted, and ask nobody", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...roles, resolver });
  const signal = AbortSignal.abort("over");
  await expect(identity.check(ada, "read", { signal })).rejects.toBe("over");
  await expect(identity.require(ada, "read", { signal })).rejects.toBe("over");
  await expect(identity.member(ada, { signal })).rejects.toBe("over");
  await settle();
  expect(resolver.calls).toHaveLength(0);
});

const skill = { platform: "executus", id: "skill", kind: "system" } as const;
const agent = { platform: "executus", id: "reviewer", kind: "system" } as const;

test("check() decides a chain of delegation by its weakest link: for a non-admin, no agent is admin", async () => {
  const policy = fromAdminPolicy({ isAdmin: ({ id }) => id !== bob.id }, ["*"]);
  const identity = createIdentity({ policy });
  await expect(reasonOf(identity, skill, "deploy", { onBehalfOf: [agent, ada] })).resolves.toBe("allowed");
  await expect(reasonOf(identity, skill, "deploy", { onBehalfOf: [agent, bob] })).resolves.toBe("no-match");
  await expect(reasonOf(identity, bob, "deploy", { onBehalfOf: [agent, ada] })).resolves.toBe("no-match");
  await expect(reasonOf(identity, skill, "deploy", { onBehalfOf: [bob, ada] })).resolves.toBe("no-match");
});

test.each<[string, unknown]>([
  ["unknown to the resolver", { platform: "discord", id: "stranger" }],
  ["no subject", { platform: "discord" }],
  ["a bot", { ...agent, kind: "bot" }],
  ["missing", undefined],
])("check() denies a chain with a link that is %s", async (_name, link) => {
  const members = [ada, agent].map((subject) => ({ subject, roles: ["admin"] }));
  const identity = createIdentity({ ...roles, resolver: memoryMembers(members) });
  await expect(reasonOf(identity, agent, "read", { onBehalfOf: [ada] })).resolves.toBe("allowed");
  const onBehalfOf = [link as typeof ada, ada];
  await expect(identity.check(agent, "read", { onBehalfOf })).resolves.toMatchObject({ allowed: false });
});

test("check() takes the weakest of all reasons of a chain, wherever the link stands", async () => {
  const answers: Readonly<Record<string, (ask: Ask) => unknown>> = {
    forbidden: () => "forbid",
    error: () => "error",
    timeout: never,
    unconfigured: ({ member }) => member(),
    "no-subject": () => expect.unreachable(),
    "no-match": () => "none",
    allowed: () => "allow",
  };
  const policy = policyOf("by-id", (ask) => answers[ask.subject.id]?.(ask));
  const identity = createIdentity({ ...quiet, policy });
  const linkOf = (reason: string) => ({ platform: "test", id: reason === "no-subject" ? "" : reason });
  const reasons = Object.keys(answers);
  for (const [strength, weaker] of reasons.entries()) {
    for (const [one, other] of reasons
      .slice(strength)
      .flatMap((stronger) => [
        [linkOf(weaker), linkOf(stronger)] as const,
        [linkOf(stronger), linkOf(weaker)] as const,
      ])) {
      const checked = reasonOf(identity, one, "read", { onBehalfOf: [other] });
      await vi.advanceTimersByTimeAsync(2_000);
      await expect(checked).resolves.toBe(weaker);
    }
  }
});

test("check() denies a chain longer than 16, and asks nobody", async () => {
  const decide = vi.fn<() => boolean>(() => true);
  const identity = createIdentity({ policy: { name: "open", decide } });
  const onBehalfOf = Array.from({ length: 16 }, (_, index) => ({ platform: "test", id: `${index}` }));
  await expect(identity.check(ada, "read", { onBehalfOf })).resolves.toMatchObject({
    allowed: false,
    reason: "forbidden",
    by: "max-links",
  });
  expect(decide).not.toHaveBeenCalled();
  const longest = { onBehalfOf: onBehalfOf.slice(1) };
  await expect(reasonOf(identity, ada, "read", longest)).resolves.toBe("allowed");
});

test("check() decides about the subject as it was when it was called", async () => {
  const subject = { ...bob };
  const identity = createIdentity({ policy: allowIds(["discord/g1/7"]) });
  const checked = reasonOf(identity, subject, "read");
  subject.id = "8";
  await expect(checked).resolves.toBe("allowed");
  await expect(reasonOf(identity, subject, "read")).resolves.toBe("no-match");
});

test("require() resolves if it is allowed, and throws what a model may read if it is not", async () => {
  const refused = (policy: IdentityOptions["policy"]): Promise<unknown> =>
    createIdentity({ ...quiet, policy })
      .require(bob, "deploy")
      .catch((error: unknown) => error);
  await expect(refused(everyone)).resolves.toBeUndefined();
  await expect(refused(allowIds([]))).resolves.toMatchObject({
    name: "IdentityError",
    code: "IDENTITY_FORBIDDEN",
    reason: "no-match",
    retryable: false,
    message: "Cannot do this: it is not allowed",
  });
  await expect(refused(always("error"))).resolves.toMatchObject({
    code: "IDENTITY_UNDECIDED",
    reason: "error",
    retryable: true,
    message: "Cannot do this: whether it is allowed could not be found out",
  });
  await expect(refused(undefined)).resolves.toMatchObject({
    code: "IDENTITY_UNCONFIGURED",
    reason: "unconfigured",
    retryable: false,
    message: "Cannot do this: it is not allowed",
  });
  await expect(refused(always("forbid"))).resolves.toBeInstanceOf(IdentityError);
});

test("member() gives the member or undefined, and lets the resolver's own failure through", async () => {
  const failure = new Error("429");
  const identity = createIdentity({ resolver: memoryMembers([{ subject: ada, roles: ["admin"] }]) });
  await expect(identity.member(ada)).resolves.toEqual({
    subject: { ...ada, kind: "user" },
    roles: ["admin"],
  });
  await expect(identity.member(bob)).resolves.toBeUndefined();
  const broken = createIdentity({ resolver: { resolve: () => Promise.reject(failure) } });
  await expect(broken.member(ada)).rejects.toBe(failure);
});

test("member() rejects with a code where there is no resolver, no answer in time, or a wrong one", async () => {
  await expect(createIdentity().member(ada)).rejects.toMatchObject({
    code: "IDENTITY_UNCONFIGURED",
    message: "Cannot look up the member: no resolver is configured",
  });
  const late = createIdentity({ resolver: heldResolver() }).member(ada);
  const failure = late.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(failure).resolves.toMatchObject({
    code: "IDENTITY_LOOKUP_FAILED",
    retryable: true,
    message: "Cannot look up the member: no answer within 2000 ms",
  });
  const wrong = createIdentity({ resolver: { resolve: async () => ({ subject: bob, roles: [] }) } });
  await expect(wrong.member(ada)).rejects.toMatchObject({
    code: "IDENTITY_LOOKUP_FAILED",
    message: "Cannot look up the member: the resolver's answer is not about this subject",
  });
  const text = createIdentity({
    resolver: { resolve: async (subject) => ({ subject, roles: "admin" }) as never },
  });
  await expect(text.member(ada)).rejects.toMatchObject({
    code: "IDENTITY_LOOKUP_FAILED",
    message: "Cannot look up the member: the resolver's answer has no roles that are an array of strings",
  });
});

test("a policy that asks the identity what it is asked itself is denied when time is up", async () => {
  const identity = createIdentity({
    ...quiet,
    policy: policyOf("circular", async ({ subject }) => (await identity.check(subject, "read")).allowed),
  });
  const checked = reasonOf(identity, ada, "read");
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(checked).resolves.toBe("timeout");
});
