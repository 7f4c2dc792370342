import { expect, test, vi } from "vitest";
import {
  allowRoles,
  anyOf,
  createIdentity,
  forbid,
  type Identity,
  memoryMembers,
  type MemberResolver,
  type Policy,
} from "../src/index.ts";
import type { Subject, SubjectScope } from "../src/index.ts";
import { ada, bob, fakeClock, heldResolver, policyOf, reasonOf, settle } from "./asks.ts";

const policy = allowRoles({ admin: ["*"] });
const quiet = { logger: { warn: () => {} } };
const admin = { subject: ada, roles: ["admin"] };

test("a decision is kept, says so, and is as old as what it rests on", async () => {
  const clock = fakeClock(1_000);
  const identity = createIdentity({ policy, resolver: memoryMembers([admin]), clock });
  const made = { allowed: true, reason: "allowed", by: "allow-roles", cached: false, asOf: 1_000 };
  await expect(identity.check(ada, "read")).resolves.toEqual(made);
  clock.set(5_000);
  await expect(identity.check(ada, "read")).resolves.toEqual({ ...made, cached: true });
  await expect(identity.check(ada, "write")).resolves.toEqual(made);
});

test("a right that was taken away without a word is used no longer than allowTtlMs, also through a kept member", async () => {
  const clock = fakeClock(0);
  const resolver = memoryMembers([admin]);
  const identity = createIdentity({ policy, resolver, clock, allowTtlMs: 30_000 });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  resolver.put({ subject: ada, roles: [] });
  clock.set(29_999);
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  // Decided now, by a member that was looked up at 0.
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("allowed");
  clock.set(30_000);
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("no-match");
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("no-match");
});

test("a right that was given without a word is denied no longer than denyTtlMs, also through a kept member", async () => {
  const clock = fakeClock(0);
  const resolver = memoryMembers([{ subject: ada, roles: ["reader"] }]);
  const both = allowRoles({ admin: ["*"], reader: ["read"] });
  const identity = createIdentity({ policy: both, resolver, clock, denyTtlMs: 5_000 });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("no-match");
  resolver.put(admin);
  clock.set(4_999);
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("no-match");
  await expect(reasonOf(identity, ada, "deploy")).resolves.toBe("no-match");
  clock.set(5_000);
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("allowed");
  await expect(reasonOf(identity, ada, "deploy")).resolves.toBe("allowed");
});

test("a subject that was unknown is asked about again after denyTtlMs", async () => {
  const clock = fakeClock(0);
  const resolver = memoryMembers();
  const identity = createIdentity({ policy, resolver, clock });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("no-match");
  resolver.put(admin);
  clock.set(5_000);
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
});

test("fresh asks past all that is kept, and what it finds replaces that", async () => {
  const resolver = memoryMembers([admin]);
  const resolve = vi.spyOn(resolver, "resolve");
  const identity = createIdentity({ policy, resolver });
  await identity.check(ada, "read");
  resolver.put({ subject: ada, roles: [] });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  await expect(identity.check(ada, "read", { fresh: true })).resolves.toMatchObject({
    reason: "no-match",
    cached: false,
  });
  expect(resolve.mock.calls.map(([, { fresh }]) => fresh)).toEqual([false, true]);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: true });
  await expect(identity.member(ada)).resolves.toMatchObject({ roles: [] });
  resolver.put(admin);
  await expect(identity.member(ada, { fresh: true })).resolves.toMatchObject({ roles: ["admin"] });
});

test("fresh does not wait for a lookup that began before it, and an older answer does not replace a newer one", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver });
  const old = reasonOf(identity, ada, "read");
  await settle();
  const fresh = reasonOf(identity, ada, "read", { fresh: true });
  await settle();
  expect(resolver.calls).toHaveLength(2);
  resolver.answer(1, []);
  await expect(fresh).resolves.toBe("no-match");
  resolver.answer(0, ["admin"]);
  await expect(old).resolves.toBe("allowed");
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: true });
  await expect(reasonOf(identity, ada, "write")).resolves.toBe("no-match");
  expect(resolver.calls).toHaveLength(2);
});

test.each<[string, Subject | SubjectScope | "all"]>([
  ["the subject", ada],
  ["the subject, of whatever kind", { ...ada, kind: "bot", label: "Ada" }],
  ["its tenant", { platform: "discord", tenant: "g1" }],
  ["its platform", { platform: "discord" }],
  ["all", "all"],
])("invalidate() of %s ends what is kept", async (_name, who) => {
  const resolver = memoryMembers([admin]);
  const identity = createIdentity({ policy, resolver });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  resolver.remove(ada);
  identity.invalidate(who);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: false });
  await expect(identity.member(ada)).resolves.toBeUndefined();
});

test.each<[string, Subject | SubjectScope]>([
  ["another subject", bob],
  ["the same id without the tenant", { platform: "discord", id: ada.id }],
  ["another tenant", { platform: "discord", tenant: "g2" }],
  ["a tenant that begins alike", { platform: "discord", tenant: "g" }],
  ["another platform", { platform: "disc" }],
])("invalidate() of %s leaves the rest", async (_name, who) => {
  const identity = createIdentity({ policy, resolver: memoryMembers([admin]) });
  await identity.check(ada, "read");
  identity.invalidate(who);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: true });
});

test("invalidate() during a lookup: the old answer is neither kept nor given, it is asked again", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver });
  const checks = Array.from({ length: 100 }, () => identity.check(ada, "read"));
  const members = [identity.member(ada), identity.member(ada)];
  await settle();
  identity.invalidate(ada);
  resolver.answer(0, ["admin"]);
  await settle();
  expect(resolver.calls).toHaveLength(2);
  resolver.answer(1, ["reader"]);
  for (const decision of await Promise.all(checks)) expect(decision).toMatchObject({ reason: "no-match" });
  for (const member of await Promise.all(members)) expect(member).toMatchObject({ roles: ["reader"] });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: true });
  expect(resolver.calls).toHaveLength(2);
});

test("invalidate() during a lookup: a check that begins afterwards does not join it", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver });
  const before = reasonOf(identity, ada, "read");
  await settle();
  identity.invalidate({ platform: "discord" });
  const after = reasonOf(identity, ada, "read");
  await settle();
  expect(resolver.calls).toHaveLength(2);
  resolver.answer(1, []);
  await expect(after).resolves.toBe("no-match");
  resolver.answer(0, ["admin"]);
  await expect(before).resolves.toBe("no-match");
});

test("invalidate() of one link of a chain while another is being decided asks the first again", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver });
  const checked = reasonOf(identity, ada, "read", { onBehalfOf: [bob] });
  await settle();
  resolver.answer(0, ["admin"]);
  await settle();
  identity.invalidate(ada);
  resolver.answer(1, ["admin"]);
  await settle();
  expect(resolver.calls.map(({ subject }) => subject.id)).toEqual([ada.id, bob.id, ada.id]);
  resolver.answer(2, []);
  await expect(checked).resolves.toBe("no-match");
});

test("invalidate() of a link that somebody acts for is seen too, while the one who acts is being decided", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver });
  const checked = reasonOf(identity, ada, "read", { onBehalfOf: [bob] });
  await settle();
  resolver.answer(1, ["admin"]);
  await settle();
  identity.invalidate(bob);
  resolver.answer(0, ["admin"]);
  await settle();
  expect(resolver.calls.map(({ subject }) => subject.id)).toEqual([ada.id, bob.id, bob.id]);
  resolver.answer(2, []);
  await expect(checked).resolves.toBe("no-match");
});

test("invalidate() of all is not forgotten for a later one of somebody else", async () => {
  const identity = createIdentity({ policy, resolver: memoryMembers([admin]) });
  await identity.check(ada, "read");
  identity.invalidate("all");
  identity.invalidate(bob);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: false });
});

test("rights that are revoked by every try to look at them are denied with error", async () => {
  const identity: Identity = createIdentity({
    ...quiet,
    policy: policyOf("restless", ({ subject }) => {
      identity.invalidate(subject);
      return true;
    }),
    resolver: {
      resolve: async (subject) => {
        identity.invalidate(subject);
        return { subject, roles: [] };
      },
    },
  });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: false, reason: "error" });
  await expect(identity.member(ada)).rejects.toMatchObject({
    code: "IDENTITY_LOOKUP_FAILED",
    message: "Cannot find out: rights were revoked meanwhile, 3 times in a row",
  });
});

test("a clock that goes backwards ends all that is kept, and what is on its way is asked again", async () => {
  const clock = fakeClock(100_000);
  const resolver = memoryMembers([admin]);
  const resolve = vi.spyOn(resolver, "resolve");
  const identity = createIdentity({ policy, resolver, clock });
  await identity.check(ada, "read");
  clock.set(120_000);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: true });
  resolver.remove(ada);
  clock.set(90_000);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: false });
  clock.set(110_000);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ reason: "no-match", cached: false });
  expect(resolve).toHaveBeenCalledTimes(3);
});

test.each([Number.NaN, Number.NEGATIVE_INFINITY])("a clock that says %s keeps nothing", async (now) => {
  const decide = vi.fn<() => boolean>(() => true);
  const identity = createIdentity({ policy: { name: "counted", decide }, clock: () => now });
  await identity.check(ada, "read");
  await identity.check(ada, "read");
  expect(decide).toHaveBeenCalledTimes(2);
});

test.each<[string, object]>([
  ["allowTtlMs: 0", { allowTtlMs: 0 }],
  ["maxEntries: 0", { maxEntries: 0 }],
])("%s keeps nothing", async (_name, options) => {
  const decide = vi.fn<() => boolean>(() => true);
  const identity = createIdentity({ policy: { name: "counted", decide }, ...options });
  await identity.check(ada, "read");
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: false });
  expect(decide).toHaveBeenCalledTimes(2);
});

test("actions and resources that run into each other are kept apart", async () => {
  const asked: [string, string | undefined][] = [
    ["read", undefined],
    ["read", ""],
    ["read", "=a"],
    ["read=a", undefined],
    ["read=", "a"],
    ["read 4 read", undefined],
  ];
  const decide = vi.fn<() => boolean>(() => true);
  const identity = createIdentity({ policy: { name: "counted", decide } });
  for (const [action, resource] of asked) await identity.check(ada, action, { resource });
  expect(decide).toHaveBeenCalledTimes(asked.length);
});

test("no more than maxEntries decisions are kept: the oldest go first", async () => {
  const decide = vi.fn<(ask: { action: string }) => boolean>(() => true);
  const identity = createIdentity({
    policy: { name: "counted", decide } as unknown as Policy,
    maxEntries: 3,
  });
  const ask = async (action: string): Promise<boolean> => (await identity.check(ada, action)).cached;
  for (const action of ["a", "b", "c", "a"]) await ask(action);
  expect(decide).toHaveBeenCalledTimes(3);
  await ask("d");
  await expect(ask("b")).resolves.toBe(true);
  await expect(ask("a")).resolves.toBe(false);
});

test("a decision that is made again is as young as its last answer, and takes nobody else's place", async () => {
  const identity = createIdentity({ policy: policyOf("open", () => true), maxEntries: 2 });
  await identity.check(ada, "a");
  await identity.check(ada, "b");
  await identity.check(ada, "b", { fresh: true });
  await expect(identity.check(ada, "a")).resolves.toMatchObject({ cached: true });
  await identity.check(ada, "a", { fresh: true });
  await identity.check(ada, "c");
  await expect(identity.check(ada, "a")).resolves.toMatchObject({ cached: true });
});

test("revoking the same subjects again revokes nobody else, however many they are", async () => {
  const identity = createIdentity({ policy: policyOf("open", () => true), maxEntries: 3 });
  for (let index = 0; index < 1_000; index += 1) identity.invalidate({ platform: "irc", id: `${index}` });
  await identity.check(ada, "read");
  identity.invalidate({ platform: "irc", id: "7" });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: true });
});

test("revoking others while nothing is kept leaves alone what is under way", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ policy, resolver, maxEntries: 0 });
  const checked = reasonOf(identity, ada, "read");
  await settle();
  identity.invalidate(bob);
  resolver.answer(0, ["admin"]);
  await expect(checked).resolves.toBe("allowed");
});

test("more revocations than are told apart revoke everything, and none is forgotten", async () => {
  const decide = vi.fn<() => boolean>(() => true);
  const identity = createIdentity({ policy: { name: "counted", decide }, maxEntries: 3 });
  await identity.check(ada, "read");
  identity.invalidate(ada);
  for (let index = 0; index < 1_000; index += 1) identity.invalidate({ platform: "irc", id: `${index}` });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: false });
  // And then they are told apart again.
  identity.invalidate(bob);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: true });
});

test("a chain is as old as its oldest link, and kept if all links are", async () => {
  const clock = fakeClock(1_000);
  const identity = createIdentity({ policy: policyOf("open", () => true), clock });
  await identity.check(bob, "read");
  clock.set(2_000);
  const onBehalfOf = [bob];
  await expect(identity.check(ada, "read", { onBehalfOf })).resolves.toMatchObject({
    asOf: 1_000,
    cached: false,
  });
  await expect(identity.check(ada, "read", { onBehalfOf })).resolves.toMatchObject({
    asOf: 1_000,
    cached: true,
  });
});

test("a fresh check that fails leaves what is kept, and is not kept itself", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...quiet, policy, resolver });
  const kept = reasonOf(identity, ada, "read");
  await settle();
  resolver.answer(0, ["admin"]);
  await expect(kept).resolves.toBe("allowed");
  const fresh = reasonOf(identity, ada, "read", { fresh: true });
  await settle();
  resolver.fail(1, new Error("503"));
  await expect(fresh).resolves.toBe("error");
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: true, cached: true });
});

test("a decision in which anything failed is not kept, whatever it came to", async () => {
  let isDown = true;
  const flaky = policyOf("flaky", ({ action }) => {
    if (isDown) throw new Error("503");
    return action === "banned" ? "forbid" : "none";
  });
  const open = policyOf("open", () => true);
  const identity = createIdentity({ ...quiet, policy: anyOf(open, flaky) });
  await expect(reasonOf(identity, ada, "banned")).resolves.toBe("allowed");
  const closed = createIdentity({ ...quiet, policy: anyOf(open, forbid(flaky)) });
  await expect(closed.check(ada, "read")).resolves.toMatchObject({ reason: "error", by: "flaky" });
  isDown = false;
  await expect(reasonOf(identity, ada, "banned")).resolves.toBe("forbidden");
  await expect(reasonOf(closed, ada, "read")).resolves.toBe("allowed");
});

test("a lookup that fails does not part others from a newer one that is on its way", async () => {
  const resolver = heldResolver();
  const identity = createIdentity({ ...quiet, policy, resolver });
  const old = reasonOf(identity, ada, "read");
  await settle();
  const fresh = reasonOf(identity, ada, "read", { fresh: true });
  await settle();
  resolver.fail(0, new Error("503"));
  await expect(old).resolves.toBe("error");
  const next = reasonOf(identity, ada, "read");
  await settle();
  resolver.answer(1, ["admin"]);
  await expect(Promise.all([fresh, next])).resolves.toEqual(["allowed", "allowed"]);
  expect(resolver.calls).toHaveLength(2);
});

test("member() takes what is kept for as long as allowTtlMs", async () => {
  const clock = fakeClock(0);
  const resolver = memoryMembers([admin]);
  const resolve = vi.spyOn(resolver, "resolve");
  const identity = createIdentity({ policy, resolver, clock });
  await identity.member(ada);
  clock.set(29_999);
  await identity.member(ada);
  expect(resolve).toHaveBeenCalledTimes(1);
  clock.set(30_000);
  await identity.member(ada);
  expect(resolve).toHaveBeenCalledTimes(2);
});

test("a member is kept for the kind that was asked about", async () => {
  const resolver: MemberResolver = {
    resolve: async (subject) => ({ subject, roles: subject.kind === "user" ? ["admin"] : [] }),
  };
  const identity = createIdentity({ policy, resolver, allowBots: true });
  await expect(reasonOf(identity, ada, "read")).resolves.toBe("allowed");
  await expect(reasonOf(identity, { ...ada, kind: "bot" }, "read")).resolves.toBe("no-match");
});

test("a clock that says NaN for a while still shows that it went backwards", async () => {
  const clock = fakeClock(100_000);
  const identity = createIdentity({ policy, resolver: memoryMembers([admin]), clock });
  await identity.check(ada, "read");
  clock.set(Number.NaN);
  await identity.check(bob, "read");
  clock.set(90_000);
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: false });
});
