import { expect, test, vi } from "vitest";
import {
  allowIds,
  allowRoles,
  createIdentity,
  denyAll,
  fromAdminPolicy,
  memoryMembers,
} from "../src/index.ts";
import type { AdminPolicy, Policy, Subject } from "../src/index.ts";
import { ada, bob, reasonOf } from "./asks.ts";

const quiet = { logger: { warn: () => {} } };

test("allowIds() of an empty list allows nobody", async () => {
  const identity = createIdentity({ policy: allowIds([]) });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: false, reason: "no-match" });
});

test("allowIds() opens to all only where everyone is written out", async () => {
  const identity = createIdentity({ policy: allowIds({ everyone: true }, ["read"]) });
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("allowed");
  await expect(reasonOf(identity, bob, "write")).resolves.toBe("no-match");
  await expect(reasonOf(identity, undefined, "read")).resolves.toBe("no-subject");
});

test.each<[string, unknown]>([
  ["a misspelt mode", { everyOne: true }],
  ["a mode that is not true", { everyone: "true" }],
  ["false", { everyone: false }],
  ["a mode with more", { everyone: true, except: [] }],
  ["a star", "*"],
  ["undefined", undefined],
  ["null", null],
])("allowIds() throws a TypeError for %s", (_name, ids) => {
  expect(() => allowIds(ids as never)).toThrow(
    /^Cannot allow ids: 'ids' must be an array or \{ everyone: true \}: received /,
  );
});

test.each<[string, unknown]>([
  ["an id without its platform", "123456789012345678"],
  ["an empty part", "discord//7"],
  ["four parts", "discord/g1/7/8"],
  ["a number", 7],
  ["a percent sign that escapes nothing", "slack/100%"],
  ["a zero-width space", "slack/U1\u200b"],
  ["a line break", "slack/U1\n"],
  ["an empty string", ""],
  ["undefined", undefined],
])("allowIds() throws a TypeError for %s instead of a key", (_name, id) => {
  expect(() => allowIds(["slack/U1", id as string])).toThrow(
    /^Cannot allow ids: 'ids\[1\]' must be a key such as "slack\/U024BE7LH", as subjectKey\(\) gives it$/,
  );
});

test("allowRoles() allows a role its actions, exact or by a prefix that ends with a colon", async () => {
  const resolver = memoryMembers([
    { subject: ada, roles: ["admin"] },
    { subject: bob, roles: ["reviewer"] },
  ]);
  const policy = allowRoles({ admin: ["*"], reviewer: ["run:*", "read"] });
  const identity = createIdentity({ policy, resolver });
  for (const action of ["deploy", "run:reviewer"]) {
    await expect(reasonOf(identity, ada, action)).resolves.toBe("allowed");
  }
  for (const [action, reason] of Object.entries({
    read: "allowed",
    "run:reviewer": "allowed",
    run: "no-match",
    runner: "no-match",
    "read:all": "no-match",
    deploy: "no-match",
  })) {
    await expect(reasonOf(identity, bob, action)).resolves.toBe(reason);
  }
});

test("allowRoles() goes by roles of its own, not by names that every object has", async () => {
  const resolver = memoryMembers([{ subject: bob, roles: ["constructor", "__proto__", "toString"] }]);
  const identity = createIdentity({ policy: allowRoles({ admin: ["*"] }), resolver });
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("no-match");
});

test("allowRoles() looks nobody up about an action that no role has", async () => {
  const resolve = vi.fn<() => Promise<undefined>>();
  const identity = createIdentity({ policy: allowRoles({ admin: ["deploy"] }), resolver: { resolve } });
  await expect(reasonOf(identity, bob, "read")).resolves.toBe("no-match");
  expect(resolve).not.toHaveBeenCalled();
});

test.each<[string, unknown]>([
  ["a string for a list", { admin: "*" }],
  ["a star inside", { admin: ["run*"] }],
  ["a star in front", { admin: ["*:read"] }],
  ["two stars", { admin: ["run:**"] }],
  ["an empty action", { admin: [""] }],
  ["a number", { admin: [7] }],
  ["an array", [["admin", "*"]]],
  ["nothing", undefined],
])("allowRoles() throws a TypeError for %s", (_name, roles) => {
  expect(() => allowRoles(roles as never)).toThrow(TypeError);
  expect(() => allowRoles(roles as never)).toThrow(/^Cannot allow roles: 'roles/);
});

test("allowIds(), allowRoles() and memoryMembers() keep copies: what is changed later grants nothing", async () => {
  const [keys, actions, roles] = [["slack/U1"], ["read"], ["reader"]];
  const resolver = memoryMembers([{ subject: bob, roles }]);
  const byId = createIdentity({ policy: allowIds(keys, actions) });
  const byRole = createIdentity({ policy: allowRoles({ reader: actions, admin: ["*"] }), resolver });
  keys.push("discord/g1/7");
  actions.push("write");
  roles.push("admin");
  await expect(reasonOf(byId, bob, "read")).resolves.toBe("no-match");
  await expect(reasonOf(byId, { platform: "slack", id: "U1" }, "write")).resolves.toBe("no-match");
  await expect(reasonOf(byRole, bob, "write")).resolves.toBe("no-match");
  await expect(reasonOf(byRole, bob, "read")).resolves.toBe("allowed");
});

test("fromAdminPolicy() of nothing is denyAll", () => {
  expect(fromAdminPolicy(undefined)).toBe(denyAll);
  expect(fromAdminPolicy(null as never)).toBe(denyAll);
});

test("fromAdminPolicy() answers the action admin, and others where they are named", async () => {
  const host: AdminPolicy = { isAdmin: ({ id }) => id === ada.id };
  const identity = createIdentity({ policy: fromAdminPolicy(host) });
  await expect(reasonOf(identity, ada, "admin")).resolves.toBe("allowed");
  await expect(reasonOf(identity, ada, "deploy")).resolves.toBe("no-match");
  await expect(reasonOf(identity, bob, "admin")).resolves.toBe("no-match");
  const all = createIdentity({ policy: fromAdminPolicy(host, ["*"]) });
  await expect(reasonOf(all, ada, "deploy")).resolves.toBe("allowed");
});

test.each<[string, unknown]>([
  ["yes", "yes"],
  ["the word allow", "allow"],
  ["1", 1],
  ["an object", {}],
  ["undefined", undefined],
])("fromAdminPolicy() takes %s for an error", async (_name, answer) => {
  const policy = fromAdminPolicy({ isAdmin: () => answer as boolean });
  await expect(reasonOf(createIdentity({ ...quiet, policy }), ada, "admin")).resolves.toBe("error");
});

test("fromAdminPolicy() throws a TypeError for a host without isAdmin", () => {
  expect(() => fromAdminPolicy({} as AdminPolicy)).toThrow(
    new TypeError(
      "Cannot read the admin policy: 'adminPolicy' must have the function isAdmin: received an object",
    ),
  );
});

test("no policy, admin policy or resolver ever sees a label: a name equal to an admin's grants nothing", async () => {
  const seen: Subject[] = [];
  const see = (subject: Subject): boolean =>
    seen.push(subject) > 0 && (subject.label ?? subject.id) === "Ada";
  const byName: Policy = { name: "by-name", decide: ({ subject }) => see(subject) };
  const resolver = { resolve: async (subject: Subject) => void see(subject) };
  const subject: Subject = { ...bob, label: "Ada" };
  const host = { isAdmin: see };
  for (const policy of [byName, fromAdminPolicy(host, ["*"]), allowRoles({ Ada: ["*"] })]) {
    await expect(reasonOf(createIdentity({ policy, resolver }), subject, "admin")).resolves.toBe("no-match");
  }
  expect(seen).toEqual(seen.map(() => ({ ...bob, kind: "user" })));
  expect(seen).toHaveLength(3);
});
