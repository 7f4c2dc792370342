import { createHmac } from "node:crypto";
import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import type { Frame, GuardEvent } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import type { Lease, LeaseAmounts, LeasesOptions } from "../src/lease.ts";
import { createLeases } from "../src/lease.ts";
import { codeOf } from "./turn.ts";

const secret = "an old secret of at least 32 bytes";
const newSecret = "a new secret of at least 32 bytes!";

/** Two programs that share secrets: the sender issues in a root's frame, the receiver is "worker". */
function pair({
  sender = createDispatchGuard(),
  receiver = createDispatchGuard(),
  ...options
}: Partial<LeasesOptions> & {
  sender?: ReturnType<typeof createDispatchGuard>;
  receiver?: ReturnType<typeof createDispatchGuard>;
} = {}) {
  const secrets = [secret];
  return {
    sender,
    receiver,
    out: createLeases(sender, { secrets }),
    into: createLeases(receiver, { secrets, audience: "worker", ...options }),
  };
}

const path = (frame: Frame): string => frame.path.map(({ kind, id }) => `${kind}:${id}`).join(">");

test("a lease carries path, root and limits to the frame that accepts it", async () => {
  const { sender, out, into } = pair({
    sender: createDispatchGuard({ limits: { maxDepth: 4, budgets: { tokens: 100 } } }),
    receiver: createDispatchGuard({ limits: { maxDepth: 9 } }),
  });
  await sender.root(
    "root",
    () =>
      sender.dispatch({ kind: "skill", id: "a" }, async () => {
        const { token } = await out.issue({ audience: "worker", dispatches: 3, budgets: { tokens: 40 } });
        await into.accept(token, "b", (frame) => {
          expect(path(frame)).toBe("agent:root>skill:a>agent:b");
          expect(frame).toMatchObject({ rootId: "run-1", depth: 2 });
          expect(frame.remaining()).toMatchObject({ depth: 2, dispatches: 2, budgets: { tokens: 40 } });
        });
      }),
    { rootId: "run-1" },
  );
});

test("frame ids stay unique in a tree that runs in several places", async () => {
  const { sender, out, into } = pair();
  await sender.root("root", async (root) => {
    const ids = [root.frameId];
    for (let time = 0; time < 2; time += 1) {
      const { token } = await out.issue({ audience: "worker" });
      ids.push(await into.accept(token, "a", (frame) => frame.frameId));
    }
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id.startsWith(`${root.rootId}/`)).toBe(true);
  });
});

test("a cycle over a process boundary is refused", async () => {
  const { sender, out, into, receiver } = pair();
  const codes = await sender.root("a", () =>
    sender.dispatch("b", async () => {
      const { token } = await out.issue({ audience: "worker" });
      const direct = await codeOf(into.accept(token, "a", () => 1));
      return [direct, await into.accept(token, "c", () => codeOf(receiver.dispatch("b", () => 1)))];
    }),
  );
  expect(codes).toEqual(["GUARD_CYCLE", "GUARD_CYCLE"]);
});

test("a lease takes its amounts out of the sender's tree before anything is awaited, and settle() gives back the rest once", async () => {
  const { sender, out } = pair({
    sender: createDispatchGuard({ limits: { maxDispatches: 10, budgets: { tokens: 100 } } }),
  });
  await sender.root("root", async (root) => {
    const issued = out.issue({ audience: "worker", dispatches: 6, budgets: { tokens: 60 } });
    expect(root.remaining()).toMatchObject({ dispatches: 4, fanOut: 15, budgets: { tokens: 40 } });
    expect(await codeOf(out.issue({ audience: "worker", dispatches: 5 }))).toBe("GUARD_BUDGET");
    expect(await codeOf(out.issue({ audience: "worker", budgets: { tokens: 41 } }))).toBe("GUARD_BUDGET");
    const lease = await issued;
    lease.settle({ dispatches: 2, budgets: { tokens: 10 } });
    lease.settle({ dispatches: 0, budgets: { tokens: 0 } });
    expect(root.remaining()).toMatchObject({ dispatches: 8, budgets: { tokens: 90 } });
  });
});

test("a lease that is never settled is spent, and so is what settle() does not name", async () => {
  const { sender, out } = pair({
    sender: createDispatchGuard({ limits: { maxDispatches: 10, budgets: { tokens: 100 } } }),
  });
  await sender.root("root", async (root) => {
    await out.issue({ audience: "worker", dispatches: 4, budgets: { tokens: 40 } });
    const lease = await out.issue({ audience: "worker", dispatches: 4, budgets: { tokens: 40 } });
    lease.settle({ dispatches: 1 });
    expect(root.remaining()).toMatchObject({ dispatches: 5, budgets: { tokens: 20 } });
  });
});

test("settle() gives back no more than was taken, and records what was overdrawn", async () => {
  const { sender, out } = pair({
    sender: createDispatchGuard({ limits: { maxDispatches: 10, budgets: { tokens: 100 } } }),
  });
  await sender.root("root", async (root) => {
    const lease = await out.issue({ audience: "worker", dispatches: 2, budgets: { tokens: 50 } });
    expect(() => lease.settle({ dispatches: -8 })).toThrow(
      /^Cannot settle lease: 'dispatches' must be a number of at least 0/,
    );
    expect(() => lease.settle({ budgets: { tokens: Number.NaN } })).toThrow(RangeError);
    lease.settle({ dispatches: 99, budgets: { tokens: 120 } });
    expect(root.remaining()).toMatchObject({ dispatches: 8, budgets: { tokens: 0 } });
    expect(root.reserve("tokens", 1)).toMatchObject({ code: "GUARD_BUDGET", observed: 120 });
  });
});

test.each([
  [undefined, /^Cannot settle lease: 'used' must be an object: received undefined$/],
  [null, /'used' must be an object: received null$/],
  [{ budgets: 5 }, /^Cannot settle lease: 'budgets' must be an object: received 5$/],
])("settle() throws for %o, and can be called again", async (used, message) => {
  const { sender, out } = pair();
  await sender.root("root", async (root) => {
    const lease = await out.issue({ audience: "worker", dispatches: 5 });
    expect(() => lease.settle(used as never)).toThrow(message);
    lease.settle({ dispatches: 0 });
    expect(root.remaining().dispatches).toBe(64);
  });
});

test("accept() says what was used, its own dispatch included, for the sender's settle()", async () => {
  const { sender, out, into, receiver } = pair({
    sender: createDispatchGuard({ limits: { budgets: { tokens: 100 } } }),
  });
  await sender.root("root", async (root) => {
    const lease = await out.issue({ audience: "worker", dispatches: 5, budgets: { tokens: 50 } });
    const used = await into.accept(lease.token, "a", async (frame, usedSoFar): Promise<LeaseAmounts> => {
      frame.reserve("tokens", 30);
      await receiver.dispatch("b", () => 1);
      return usedSoFar();
    });
    expect(used).toEqual({ dispatches: 2, budgets: { tokens: 30 } });
    lease.settle(JSON.parse(JSON.stringify(used)) as LeaseAmounts);
    expect(root.remaining()).toMatchObject({ dispatches: 62, budgets: { tokens: 70 } });
  });
});

test("the receiver of a lease cannot spend more than it brings: a budget that is limited there and was not granted is 0", async () => {
  const { sender, out, into, receiver } = pair({
    sender: createDispatchGuard({ limits: { budgets: { tokens: 100 } } }),
  });
  await sender.root("root", async () => {
    const { token } = await out.issue({ audience: "worker" });
    await into.accept(token, "a", async (frame) => {
      expect(await codeOf(receiver.dispatch("b", () => 1))).toBe("GUARD_BUDGET");
      expect(frame.reserve("tokens", 1)).toMatchObject({ code: "GUARD_BUDGET", limit: 0 });
      expect(frame.reserve("costUsd", 1).code).toBeUndefined();
    });
  });
});

test("the least of the limits of there and of here holds", async () => {
  const limits = { maxDepth: 9, maxFanOut: 9, maxConcurrent: 1, maxDispatches: 99, budgets: { tokens: 9 } };
  const { sender, out, into } = pair({
    sender: createDispatchGuard({ limits }),
    receiver: createDispatchGuard({
      limits: { ...limits, maxDepth: 2, maxFanOut: 3, maxConcurrent: 5, budgets: { tokens: 5 } },
    }),
  });
  await sender.root("root", async () => {
    const { token } = await out.issue({ audience: "worker", dispatches: 50, budgets: { tokens: 9 } });
    await into.accept(token, "a", (frame) => {
      expect(frame.remaining()).toMatchObject({ depth: 1, fanOut: 3, concurrent: 0, budgets: { tokens: 5 } });
    });
  });
});

test("a path that is longer than the receiver allows is refused, and the lease can still be used elsewhere", async () => {
  const { sender, out, into } = pair({ receiver: createDispatchGuard({ limits: { maxDepth: 1 } }) });
  const lax = createLeases(createDispatchGuard(), { secrets: [secret], audience: "worker" });
  const codes = await sender.root("root", () =>
    sender.dispatch("a", async () => {
      const { token } = await out.issue({ audience: "worker" });
      return [await codeOf(into.accept(token, "b", () => 1)), await codeOf(lax.accept(token, "b", () => 1))];
    }),
  );
  expect(codes).toEqual(["GUARD_DEPTH", undefined]);
});

test("the sender's deadline holds at the receiver", async () => {
  let now = 1000;
  const clock = (): number => now;
  const { sender, out, into, receiver } = pair({
    sender: createDispatchGuard({ clock, limits: { deadlineMs: 500 } }),
    receiver: createDispatchGuard({ clock }),
  });
  await sender.root("root", async () => {
    now += 100;
    const { token } = await out.issue({ audience: "worker" });
    await into.accept(token, "a", async (frame) => {
      expect(frame.remaining().ms).toBe(400);
      now += 400;
      expect(receiver.check("b")?.code).toBe("GUARD_DEADLINE");
    });
  });
});

async function tokenOf(ttlMs?: number, clock?: () => number): Promise<string> {
  const { sender, out } = pair({ sender: createDispatchGuard({ clock }) });
  return sender.root("root", async () => (await out.issue({ audience: "worker", ttlMs })).token);
}

test("a token with one flipped bit is refused, wherever the bit is", async () => {
  const { into } = pair();
  const token = await tokenOf();
  const run = vi.fn<() => number>(() => 1);
  for (let index = 0; index < token.length; index += 1) {
    for (let bit = 0; bit < 7; bit += 1) {
      const flipped = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit));
      const other = token.slice(0, index) + flipped + token.slice(index + 1);
      if ((await codeOf(into.accept(other, "a", run))) !== "GUARD_TOKEN")
        throw new Error(`accepted: ${other}`);
    }
  }
  expect(run).not.toHaveBeenCalled();
  expect(await into.accept(token, "a", run)).toBe(1);
});

test.each<[string, (token: string) => string | null | undefined]>([
  ["is missing", () => undefined],
  ["is null", () => null],
  ["is empty", () => ""],
  ["is too long", (token) => token.replace(".", `.${"A".repeat(4096)}`)],
  ["has another version", (token) => token.replace(/^1/, "2")],
  ["has no signature", (token) => token.slice(0, token.lastIndexOf("."))],
  ["has an empty signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
  ["has more after it", (token) => `${token}\n`],
  ["is not a string", () => ({}) as string],
])("a token that %s is refused, never a new tree", async (_name, change) => {
  const { into } = pair();
  const run = vi.fn<() => number>(() => 1);
  expect(await codeOf(into.accept(change(await tokenOf()), "a", run))).toBe("GUARD_TOKEN");
  expect(run).not.toHaveBeenCalled();
});

test("a signature has one spelling: the bits that base64 leaves over are not free", async () => {
  const { into } = pair();
  const token = await tokenOf();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const last of alphabet.replace(token.slice(-1), "")) {
    expect(await codeOf(into.accept(token.slice(0, -1) + last, "a", () => 1))).toBe("GUARD_TOKEN");
  }
});

/** A token as another program with the secret would make it. */
function madeByHand(path: string): string {
  const limits = [3, 1, 16, 20, 1, null];
  const claims = [`lease-${path.length}`, "worker", Date.now() + 60_000, "r", [["agent", path]], limits, []];
  const body = `1.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  const mac = createHmac("sha256", secret).update(`executus.dispatchguard.lease.${body}`).digest("base64url");
  return `${body}.${mac}`;
}

test("a token of more than 4,096 characters is refused, though it is signed", async () => {
  const { into } = pair();
  expect(await into.accept(madeByHand("x".repeat(2000)), "a", (frame) => frame.depth)).toBe(1);
  expect(await codeOf(into.accept(madeByHand("x".repeat(4000)), "a", () => 1))).toBe("GUARD_TOKEN");
});

test("a deadline that is further away than a timer reaches is left to the clock", async () => {
  const { sender, receiver, out, into } = pair({
    sender: createDispatchGuard({ clock: () => 1000, limits: { deadlineMs: 2 ** 31 - 1 } }),
    receiver: createDispatchGuard({ clock: () => 0 }),
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await sender.root("root", async () => {
    const { token } = await out.issue({ audience: "worker" });
    await into.accept(token, "a", (frame) => {
      vi.advanceTimersByTime(10);
      expect(frame.signal.aborted).toBe(false);
      expect(receiver.check("b")?.code).toBe("GUARD_BUDGET");
    });
  });
  vi.useRealTimers();
});

test("a token for another receiver is refused", async () => {
  const { into } = pair({ audience: "another" });
  await expect(into.accept(await tokenOf(), "a", () => 1)).rejects.toMatchObject({
    code: "GUARD_TOKEN",
    retryable: false,
    message: '"a" was not started: its lease is for another receiver. Finish with your own tools.',
  });
});

test("a token is refused from its expiry on", async () => {
  let now = 1000;
  const clock = (): number => now;
  const { into } = pair({ receiver: createDispatchGuard({ clock }) });
  const [one, two] = [await tokenOf(500, clock), await tokenOf(500, clock)];
  now = 1499;
  expect(await into.accept(one, "a", () => 1)).toBe(1);
  now = 1500;
  expect(await codeOf(into.accept(two, "a", () => 1))).toBe("GUARD_TOKEN");
});

test("a token is used once in a process, also by several receivers of one name", async () => {
  const { into } = pair();
  const { into: other } = pair();
  const token = await tokenOf();
  const codes = await Promise.all(
    [into, other, into].map((each) => codeOf(each.accept(token, "a", () => 1))),
  );
  expect(codes).toHaveLength(3);
  expect(codes.filter((code) => code === "GUARD_TOKEN")).toHaveLength(2);
  expect(codes).toContain(undefined);
});

test("'claim' decides over the use of a lease, is asked once it is known to be good, and nothing but true accepts", async () => {
  const claim = vi.fn<(leaseId: string, expiresAt: number) => Promise<boolean>>(async () => true);
  const { into } = pair({ claim, receiver: createDispatchGuard({ clock: () => 0 }) });
  const token = await tokenOf(60_000, () => 0);
  expect(await codeOf(into.accept(`${token.slice(0, -1)}!`, "a", () => 1))).toBe("GUARD_TOKEN");
  expect(claim).not.toHaveBeenCalled();
  expect(await into.accept(token, "a", () => 1)).toBe(1);
  expect(claim.mock.calls).toEqual([[expect.stringMatching(/^[0-9a-f-]{36}$/), 60_000]]);
  for (const answer of [false, undefined, 1, "yes"]) {
    claim.mockResolvedValue(answer as boolean);
    expect(await codeOf(into.accept(token, "a", () => 1))).toBe("GUARD_TOKEN");
  }
  claim.mockRejectedValue(new Error("no store"));
  await expect(into.accept(token, "a", () => 1)).rejects.toThrow("no store");
});

test("a 'claim' that never answers is waited for until the lease has expired, and refuses then", async () => {
  vi.useFakeTimers();
  try {
    const { into } = pair({ claim: () => new Promise<boolean>(() => {}) });
    const token = await tokenOf(60_000);
    const run = vi.fn<() => number>(() => 1);
    const code = codeOf(into.accept(token, "a", run));
    // What is signed is verified outside of the timers' time.
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await code).toBe("GUARD_TOKEN");
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("an abort ends the wait for 'claim' with its reason, and its late answer starts nothing", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<boolean>();
  const claim = (): Promise<boolean> => {
    asked.resolve();
    return answer.promise;
  };
  const { into } = pair({ claim });
  const controller = new AbortController();
  const run = vi.fn<() => number>(() => 1);
  const accepted = into.accept(await tokenOf(), "a", run, { signal: controller.signal });
  await asked.promise;
  controller.abort("gone");
  await expect(accepted).rejects.toBe("gone");
  answer.reject(new Error("too late to matter"));
  await Promise.resolve();
  expect(run).not.toHaveBeenCalled();
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("an abort while a lease is verified leaves it unused", async () => {
  const claim = vi.fn<() => boolean>(() => true);
  const { into } = pair({ claim });
  const controller = new AbortController();
  const accepted = into.accept(await tokenOf(), "a", () => 1, { signal: controller.signal });
  controller.abort("gone");
  await expect(accepted).rejects.toBe("gone");
  expect(claim).not.toHaveBeenCalled();
});

test("any of the secrets verifies, the first one signs: keys can be rotated", async () => {
  const guard = createDispatchGuard();
  const before = createLeases(guard, { secrets: [secret], audience: "worker" });
  const during = createLeases(guard, { secrets: [newSecret, secret], audience: "worker" });
  const after = createLeases(guard, { secrets: [new TextEncoder().encode(newSecret)], audience: "worker" });
  const issue = async (from: typeof before): Promise<string> =>
    guard.root("root", async () => (await from.issue({ audience: "worker" })).token);
  expect(await during.accept(await issue(before), "a", () => 1)).toBe(1);
  expect(await codeOf(after.accept(await issue(before), "a", () => 1))).toBe("GUARD_TOKEN");
  expect(await codeOf(before.accept(await issue(during), "a", () => 1))).toBe("GUARD_TOKEN");
  expect(await after.accept(await issue(during), "a", () => 1)).toBe(1);
});

test("a request without a lease starts a tree where 'missing' is root, but a bad lease never does", async () => {
  const { into } = pair();
  const tree = await into.accept(undefined, "a", (frame, used) => [path(frame), used()], { missing: "root" });
  expect(tree).toEqual(["agent:a", { dispatches: 0, budgets: {} }]);
  expect(await codeOf(into.accept("1.x.y", "a", () => 1, { missing: "root" }))).toBe("GUARD_TOKEN");
});

test("accept() ignores the frame in whose code it is called, and ends its tree with its function", async () => {
  const { into, receiver } = pair();
  const token = await tokenOf();
  const frame = await receiver.root("local", () =>
    into.accept(token, "a", (own) => {
      expect(path(own)).toBe("agent:root>agent:a");
      return own;
    }),
  );
  expect(frame.signal.reason).toMatchObject({ code: "GUARD_CLOSED" });
  expect(receiver.check("b", { parent: frame })?.code).toBe("GUARD_CLOSED");
});

test("issue() is refused outside of a frame, below the depth, past the width and after the end", async () => {
  const { sender, out } = pair({ sender: createDispatchGuard({ limits: { maxDepth: 1, maxFanOut: 1 } }) });
  const issue = (parent?: Frame): Promise<string | undefined> =>
    codeOf(out.issue({ audience: "worker", parent }));
  expect(await issue()).toBe("GUARD_NO_ROOT");
  const frame = await sender.root("root", async (root) => {
    expect(await sender.dispatch("a", () => issue())).toBe("GUARD_DEPTH");
    expect(await issue()).toBe("GUARD_FANOUT");
    return root;
  });
  expect(await issue(frame)).toBe("GUARD_CLOSED");
});

test("a token has at most 4,096 characters: issue() throws beyond, and takes nothing", async () => {
  const { sender, out } = pair();
  await sender.root("x".repeat(5000), async (root) => {
    await expect(out.issue({ audience: "worker", dispatches: 9 })).rejects.toThrow(
      "Cannot issue lease: the path must fit into 4096 characters",
    );
    expect(root.remaining()).toMatchObject({ fanOut: 16, dispatches: 64 });
  });
  await sender.root("x".repeat(3500), async () => {
    await expect(out.issue({ audience: "worker" })).rejects.toThrow(RangeError);
  });
  const token = await sender.root(
    "x".repeat(2500),
    async () => (await out.issue({ audience: "worker" })).token,
  );
  expect(token).toMatch(/^[\w.-]{3000,4096}$/);
});

test("a refused lease is told as an event", async () => {
  const events: GuardEvent[] = [];
  const { into } = pair({ receiver: createDispatchGuard({ onEvent: (event) => events.push(event) }) });
  await codeOf(into.accept("nonsense", "a", () => 1));
  expect(events).toMatchObject([
    { type: "dispatch-refuse", target: { id: "a" }, refusal: { code: "GUARD_TOKEN" } },
  ]);
});

test.each([
  [{ secrets: [] }, /'secrets' must be an array that is not empty$/],
  [{ secrets: secret }, /^Cannot create leases: 'secrets' must be an array that is not empty$/],
  [
    { secrets: ["short"] },
    /^Cannot create leases: 'secrets\[0\]' must be at least 32 bytes long: received 5$/,
  ],
  [{ secrets: [secret, 7] }, /'secrets\[1\]' must be a string or a Uint8Array$/],
  [{ secrets: [secret], audience: "" }, /'audience' must be a string that is not empty/],
  [{ secrets: [secret], claim: true }, /'claim' must be a function/],
  [{ secrets: [secret], receiver: "a" }, /'options' has no 'receiver', only secrets, audience, claim$/],
  [{ secret }, /'options' has no 'secret', only secrets, audience, claim$/],
  [undefined, /^Cannot create leases: 'options' must be an object: received undefined$/],
])("createLeases() throws for %o, without the secret", (options, message) => {
  expect(() => createLeases(createDispatchGuard(), options as unknown as LeasesOptions)).toThrow(message);
});

test.each([
  [{}, /'audience' must be a string that is not empty: received undefined/],
  [{ audience: "worker", ttlMs: 0 }, /'ttlMs'.*at least 1.*: received 0/],
  [{ audience: "worker", ttlMs: Infinity }, /'ttlMs'/],
  [{ audience: "worker", dispatches: 0 }, /'dispatches'.*at least 1.*: received 0/],
  [{ audience: "worker", dispatches: Infinity }, /'dispatches'/],
  [{ audience: "worker", budgets: { tokens: -1 } }, /'budgets.tokens'.*: received -1/],
  [{ audience: "worker", parent: {} }, /'parent' must be a frame/],
  [{ audience: "worker", budgets: null }, /'budgets' must be an object: received null/],
  [{ audience: "worker", budgets: 5 }, /'budgets' must be an object: received 5/],
  [{ audience: "worker", budget: { tokens: 5 } }, /'options' has no 'budget', only audience, ttlMs, /],
  [undefined, /^Cannot issue lease: 'options' must be an object: received undefined$/],
])("issue() rejects %o", async (options, message) => {
  const { sender, out } = pair();
  await sender.root("root", async () => {
    await expect(out.issue(options as unknown as Parameters<typeof out.issue>[0])).rejects.toThrow(message);
  });
});

test("accept() rejects without an audience of its own, and with a signal that is aborted", async () => {
  const { out, into } = pair();
  await expect(out.accept(await tokenOf(), "a", () => 1)).rejects.toThrow(/these leases have no 'audience'/);
  const signal = AbortSignal.abort("gone");
  await expect(into.accept(await tokenOf(), "a", () => 1, { signal })).rejects.toBe("gone");
});

test.each([
  [null, /^Cannot accept lease: 'options' must be an object: received null$/],
  [{ parent: undefined, abortSignal: 5 }, /'options' has no 'abortSignal', only signal, limits, missing$/],
])("accept() rejects the options %o, and the lease can be used", async (options, message) => {
  const { into } = pair();
  const token = await tokenOf();
  await expect(into.accept(token, "a", () => 1, options as never)).rejects.toThrow(message);
  expect(await into.accept(token, "a", () => 1)).toBe(1);
});

test("createLeases() throws for what is no guard", () => {
  expect(() => createLeases({} as never, { secrets: [secret] })).toThrow(/'guard' must be a dispatch guard/);
});

test("a lease goes through a real queue of strings and comes back as what was used", async () => {
  const { sender, receiver, out, into } = pair();
  const queue: string[] = [];
  await sender.root("planner", async (root) => {
    const leases: Lease[] = [];
    for (const file of ["a.ts", "b.ts"]) {
      const lease = await out.issue({ audience: "worker", dispatches: 3 });
      leases.push(lease);
      queue.push(JSON.stringify({ file, lease: lease.token }));
    }
    expect(root.remaining().dispatches).toBe(58);
    for (const [index, text] of queue.entries()) {
      const { lease } = JSON.parse(text) as { lease: string };
      const used = await into.accept(lease, "reviewer", async (_frame, usedSoFar) => {
        await receiver.dispatch("linter", () => 1);
        return usedSoFar();
      });
      leases[index]?.settle(used);
    }
    expect(root.remaining().dispatches).toBe(60);
  });
});
