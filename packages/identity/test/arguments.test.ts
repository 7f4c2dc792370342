import { expect, expectTypeOf, test } from "vitest";
import {
  allowIds,
  createIdentity,
  type Identity,
  type IdentityOptions,
  type Logger,
  memoryMembers,
  type MemberOptions,
  type Subject,
  subjectKey,
} from "../src/index.ts";
import { ada, bob } from "./asks.ts";

const whole = (minimum: number): string =>
  `must be a whole number of at least ${minimum}, or Infinity: received`;

test.each<[string, unknown, string]>([
  ["an unknown option", { polcy: allowIds([]) }, "Cannot create identity: there is no option 'polcy'"],
  ["no object", null, "Cannot create identity: 'options' must be an object: received null"],
  [
    "policy",
    { policy: { name: "x" } },
    "Cannot create identity: 'policy' must be a policy, with a name and a decide function: received an object",
  ],
  [
    "resolver",
    { resolver: {} },
    "Cannot create identity: 'resolver' must have the function resolve: received an object",
  ],
  [
    "allowBots",
    { allowBots: "no" },
    "Cannot create identity: 'allowBots' must be true or false: received a string",
  ],
  ["clock", { clock: 7 }, "Cannot create identity: 'clock' must be a function: received a number"],
  ["logger", { logger: null }, "Cannot create identity: 'logger' must have the function warn: received null"],
  ["allowTtlMs", { allowTtlMs: "30" }, `Cannot create identity: 'allowTtlMs' ${whole(0)} "30"`],
])("createIdentity() throws a TypeError for %s", (_name, options, message) => {
  expect(() => createIdentity(options as IdentityOptions)).toThrow(new TypeError(message));
});

test.each<[string, IdentityOptions, string]>([
  ["allowTtlMs", { allowTtlMs: -1 }, `${whole(0)} -1`],
  ["allowTtlMs", { allowTtlMs: Number.NaN }, `${whole(0)} NaN`],
  ["denyTtlMs", { denyTtlMs: -1 }, `${whole(0)} -1`],
  ["denyTtlMs", { denyTtlMs: 10_001 }, "must be at most 10000: received 10001"],
  ["denyTtlMs", { denyTtlMs: Infinity }, "must be at most 10000: received Infinity"],
  ["maxEntries", { maxEntries: 1.5 }, `${whole(0)} 1.5`],
  ["timeoutMs", { timeoutMs: 0 }, `${whole(1)} 0`],
  ["timeoutMs", { timeoutMs: 2 ** 31 }, "must be at most 2147483647: received 2147483648"],
])("createIdentity() throws a RangeError for %s of %o", (name, options, message) => {
  expect(() => createIdentity(options)).toThrow(
    new RangeError(`Cannot create identity: '${name}' ${message}`),
  );
});

test("createIdentity() takes undefined for every option, and Infinity where there is no limit", async () => {
  const absent = { policy: undefined, resolver: undefined, allowTtlMs: undefined, denyTtlMs: undefined };
  const others = { maxEntries: undefined, timeoutMs: undefined, allowBots: undefined, clock: undefined };
  createIdentity({ ...absent, ...others, logger: undefined });
  const limits = { allowTtlMs: Infinity, maxEntries: Infinity, timeoutMs: Infinity };
  const identity = createIdentity({ policy: allowIds({ everyone: true }), ...limits });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: true });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ cached: true });
});

test("createIdentity(), check() and member() take other names that are undefined or inherited", async () => {
  const others = Object.assign(Object.create({ inherited: 1 }) as object, { absent: undefined });
  const identity = createIdentity(Object.assign(others, { resolver: memoryMembers() }));
  const given = Object.assign(Object.create({ inherited: 1 }) as MemberOptions, { absent: undefined });
  await expect(identity.check(ada, "read", given)).resolves.toMatchObject({ allowed: false });
  await expect(identity.member(ada, given)).resolves.toBeUndefined();
  await expect(identity.member(ada, new AbortController())).resolves.toBeUndefined();
});

test("check() also asks about those whom a class gives by a getter of onBehalfOf", async () => {
  class Asked {
    get onBehalfOf(): readonly Subject[] {
      return [bob];
    }
  }
  const identity = createIdentity({ policy: allowIds([subjectKey(ada)]) });
  await expect(identity.check(ada, "read")).resolves.toMatchObject({ allowed: true });
  await expect(identity.check(ada, "read", new Asked())).resolves.toMatchObject({ allowed: false });
});

test.each<[string, string, unknown, string]>([
  ["an empty action", "", {}, "'action' must be a string that is not empty: received a string"],
  [
    "no action",
    undefined as unknown as string,
    {},
    "'action' must be a string that is not empty: received undefined",
  ],
  ["a misspelt option", "read", { onBehalfof: [ada] }, "there is no option 'onBehalfof'"],
  [
    "one subject for a chain",
    "read",
    { onBehalfOf: ada },
    "'onBehalfOf' must be an array: received an object",
  ],
  ["a resource that is no string", "read", { resource: 7 }, "'resource' must be a string: received a number"],
  ["fresh that is no boolean", "read", { fresh: "yes" }, "'fresh' must be true or false: received a string"],
  [
    "a controller for a signal",
    "read",
    { signal: new AbortController() },
    "'signal' must have the function throwIfAborted: received an object",
  ],
  ["no options object", "read", null, "'options' must be an object: received null"],
])(
  "check() rejects with a TypeError for %s, and so does require()",
  async (_name, action, options, message) => {
    const identity = createIdentity({ policy: allowIds({ everyone: true }) });
    const error = new TypeError(`Cannot check: ${message}`);
    await expect(identity.check(ada, action, options as object)).rejects.toThrow(error);
    await expect(identity.require(ada, action, options as object)).rejects.toThrow(error);
  },
);

test("member() rejects with a TypeError for what is no subject, and for an unknown option", async () => {
  const identity = createIdentity();
  await expect(identity.member({ platform: "slack", id: "" })).rejects.toThrow(
    new TypeError("Cannot look up the member: 'subject' is none: received an object"),
  );
  await expect(identity.member(ada, { refresh: true } as object)).rejects.toThrow(
    new TypeError("Cannot look up the member: there is no option 'refresh'"),
  );
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["another word", "everything"],
  ["an empty platform", { platform: "" }],
  ["an id that is a number", { platform: "discord", id: 7 }],
  ["an empty tenant", { platform: "discord", tenant: "" }],
])("invalidate() throws a TypeError for %s", (_name, who) => {
  expect(() => createIdentity().invalidate(who as "all")).toThrow(
    /^Cannot invalidate: 'who' must be a subject, \{ platform, tenant\? \} or "all": received /,
  );
});

test("a console is a Logger, and its methods can be taken off an identity", async () => {
  expectTypeOf<Console>().toExtend<Logger>();
  expectTypeOf(createIdentity).returns.toEqualTypeOf<Identity>();
  const identity = createIdentity({ policy: allowIds({ everyone: true }) });
  const check = Reflect.get(identity, "check");
  await expect(check(ada, "read")).resolves.toMatchObject({ allowed: true });
});

test.each<[unknown, string]>([
  [null, "Cannot make members: 'members' must be iterable: received null"],
  [{ subject: ada, roles: [] }, "Cannot make members: 'members' must be iterable: received an object"],
  [Promise.resolve([]), "Cannot make members: 'members' must be iterable: received an object"],
  [[null], "Cannot make a key: 'subject' must have a platform and an id that are strings and not empty"],
  [[{ subject: ada }], "Cannot put member: 'roles' must be an array of strings: received undefined"],
  [
    [{ subject: ada, roles: "admin" }],
    "Cannot put member: 'roles' must be an array of strings: received a string",
  ],
  [[{ subject: ada, roles: ["admin", 5] }], "'roles' must be an array of strings: received an array"],
])("memoryMembers(%o) is refused: a word for the roles would be its letters", (members, message) => {
  expect(() => memoryMembers(members as never)).toThrow(TypeError);
  expect(() => memoryMembers(members as never)).toThrow(message);
});

test.each(["slack", null, {}])("createIdentity() refuses a resolver with the platforms %o", (platforms) => {
  const resolver = { resolve: async () => undefined, platforms: platforms as never };
  expect(() => createIdentity({ resolver })).toThrow(
    "Cannot create identity: 'resolver' must have 'platforms' that are an array, or none: received ",
  );
});
