import { expect, test, vi } from "vitest";
import type { Frame, GuardEvent, Refusal, Reservation } from "../src/index.ts";
import { createDispatchGuard } from "../src/index.ts";
import type { TreeFrame } from "../src/tree.ts";

function held(answer: Reservation | Refusal): Reservation {
  if (answer.code) throw new Error(`refused: ${answer.message}`);
  return answer;
}

test("reserve() takes an amount for the whole tree at once, and settle() gives back the rest", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  await guard.root("root", async (root) => {
    await guard.dispatch("a", (a) => {
      const reservation = held(a.reserve("tokens", 80));
      expect(root.remaining().budgets).toEqual({ tokens: 20 });
      expect(root.reserve("tokens", 21)).toEqual({
        code: "GUARD_BUDGET",
        limit: 100,
        observed: 80,
        retryable: false,
        message:
          'Not done: the task may use 100 of its budget "tokens", 80 are used or reserved, and 21 more were asked for. Finish with what you have.',
      });
      reservation.settle(30);
    });
    expect(root.remaining().budgets).toEqual({ tokens: 70 });
  });
});

// https://github.com/use-agent-os/agent-os/issues/823
test("reserve() lets no two parallel children pass on the same rest", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  await guard.root("root", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => guard.dispatch("a", async (a) => a.reserve("tokens", 30).code)),
    );
    expect(answers.filter((code) => code === undefined)).toHaveLength(3);
  });
});

test("an amount that is never settled stays used", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  await guard.root("root", async (root) => {
    await guard.dispatch("a", (a) => a.reserve("tokens", 100));
    expect(root.reserve("tokens", 1).code).toBe("GUARD_BUDGET");
  });
});

test("settle() records an overdraft, and the next reservation is refused, also of 0", async () => {
  const events: GuardEvent[] = [];
  const guard = createDispatchGuard({
    limits: { budgets: { tokens: 100 } },
    onEvent: (event) => events.push(event),
  });
  await guard.root("root", (root) => {
    held(root.reserve("tokens", 50)).settle(150);
    expect(root.remaining().budgets).toEqual({ tokens: 0 });
    expect(root.reserve("tokens", 0)).toMatchObject({ code: "GUARD_BUDGET", limit: 100, observed: 150 });
  });
  expect(events.map(({ type }) => type)).toEqual([
    "dispatch-start",
    "budget-overdraw",
    "budget-refuse",
    "dispatch-end",
  ]);
  expect(events[1]).toMatchObject({ budget: "tokens", limit: 100, observed: 150, depth: 0 });
});

test("settle() tells of an overdraft only where it makes one", async () => {
  const overdrafts: GuardEvent[] = [];
  const onEvent = (event: GuardEvent): void => {
    if (event.type === "budget-overdraw") overdrafts.push(event);
  };
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } }, onEvent });
  await guard.root("root", (root) => {
    const [one, two] = [held(root.reserve("tokens", 50)), held(root.reserve("tokens", 30))];
    one.settle(65);
    expect(overdrafts).toEqual([]);
    held(root.reserve("tokens", 0)).settle(10);
    expect(overdrafts).toHaveLength(1);
    two.settle(30);
    expect(overdrafts).toHaveLength(1);
  });
});

test("settle() counts once", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  await guard.root("root", (root) => {
    const reservation = held(root.reserve("tokens", 100));
    reservation.settle(40);
    reservation.settle(0);
    expect(root.remaining().budgets).toEqual({ tokens: 60 });
  });
});

// https://github.com/opensearch-project/ml-commons/pull/4820
test("a budget of 0 is none, not unlimited", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 0 } } });
  await guard.root("root", (root) => {
    expect(root.reserve("tokens", 1).code).toBe("GUARD_BUDGET");
    expect(root.reserve("tokens", 0).code).toBe("GUARD_BUDGET");
  });
});

test("a budget that no limit names, or that is Infinity, is not limited", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: Infinity } } });
  await guard.root("root", (root) => {
    held(root.reserve("tokens", 1e9));
    held(root.reserve("costUsd", 1e9)).settle(2e9);
    expect(root.remaining().budgets).toEqual({ tokens: Infinity });
  });
});

test.each(["__proto__", "constructor", "toString"])(
  "a budget named %s is a budget like others",
  async (name) => {
    const budgets = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`) as Record<string, number>;
    const guard = createDispatchGuard({ limits: { budgets } });
    await guard.root("root", (root) => {
      held(root.reserve(name, 1));
      expect(root.reserve(name, 1).code).toBe("GUARD_BUDGET");
    });
  },
);

test("three times 0.1 fit into 0.3, and a fourth does not", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { costUsd: 0.3 } } });
  await guard.root("root", (root) => {
    for (let time = 0; time < 3; time += 1) held(root.reserve("costUsd", 0.1));
    expect(root.reserve("costUsd", 0.1).code).toBe("GUARD_BUDGET");
  });
});

test("what is given back leaves no less than nothing used, however fractions add up", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { costUsd: 1 } } });
  await guard.root("root", (root) => {
    const reservations = [0.7, 0.1].map((amount) => held(root.reserve("costUsd", amount)));
    for (const reservation of reservations) reservation.settle(0);
    const { counts } = (root as unknown as TreeFrame).tree;
    expect(counts.used.get("costUsd")).toBe(0);
  });
});

test.each([[-1], [Number.NaN], [Infinity], ["1"]])(
  "reserve() and settle() throw for the amount %s",
  async (amount) => {
    const guard = createDispatchGuard({ limits: { budgets: { tokens: 1 } } });
    await guard.root("root", (root) => {
      const reservation = held(root.reserve("tokens", 1));
      expect(() => root.reserve("tokens", amount as number)).toThrow(
        /^Cannot reserve of budget "tokens": 'amount'/,
      );
      expect(() => reservation.settle(amount as number)).toThrow(/^Cannot settle budget "tokens": 'actual'/);
      reservation.settle(0);
      expect(root.remaining().budgets).toEqual({ tokens: 1 });
    });
  },
);

test("reserve() is refused once the tree has ended", async () => {
  const guard = createDispatchGuard();
  const frame = await guard.root("root", (root): Frame => root);
  expect(frame.reserve("tokens", 1).code).toBe("GUARD_CLOSED");
});

test("reserve() of a child counts in its own limit and in those above", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  await guard.root("root", async (root) => {
    await guard.dispatch(
      "a",
      (a) => {
        expect(a.reserve("tokens", 21)).toMatchObject({ limit: 20, observed: 0 });
        held(a.reserve("tokens", 20));
        expect(a.remaining().budgets).toEqual({ tokens: 0 });
      },
      { limits: { budgets: { tokens: 20 } } },
    );
    expect(root.remaining().budgets).toEqual({ tokens: 80 });
  });
});

test("a budget with a live limit follows it", async () => {
  const limit = vi.fn<() => number>(() => 10);
  const guard = createDispatchGuard({ limits: { budgets: { tokens: limit } } });
  await guard.root("root", (root) => {
    held(root.reserve("tokens", 10));
    limit.mockReturnValue(15);
    held(root.reserve("tokens", 5));
    expect(root.reserve("tokens", 1)).toMatchObject({ limit: 15 });
  });
});
