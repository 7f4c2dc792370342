import fc from "fast-check";
import { expect, test } from "vitest";
import type { DispatchGuard, Frame, OnDuplicate, Target } from "../src/index.ts";
import { createDispatchGuard, GuardError } from "../src/index.ts";
import type { TreeFrame } from "../src/tree.ts";
import { turn } from "./turn.ts";

/** A frame's code: how it ends, and what it dispatches before. */
interface Plan {
  readonly target: Target;
  readonly onDuplicate: OnDuplicate;
  /** Turns that pass before its dispatches, and after them. */
  readonly turns: number;
  readonly ends: "value" | "throw" | "reject";
  readonly isParallel: boolean;
  readonly tokens: number;
  readonly children: readonly Plan[];
}

const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    target: fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      kind: fc.constantFrom("agent", "agent", "skill"),
      key: fc.constantFrom(undefined, "1"),
    }),
    onDuplicate: fc.constantFrom("deny", "join", "allow"),
    turns: fc.nat(2),
    ends: fc.constantFrom("value", "value", "throw", "reject"),
    isParallel: fc.boolean(),
    tokens: fc.nat(20),
    children: fc.oneof({ maxDepth: 4, depthSize: "max" }, fc.constant([]), {
      arbitrary: fc.array(tie("plan"), { minLength: 2, maxLength: 4, size: "max" }),
      weight: 4,
    }),
  }),
}));

// Mostly wide: a limit that stops a tree at once shows nothing of the others.
const wide = { arbitrary: fc.constant(Infinity), weight: 3 };
const limitsArbitrary = fc.record({
  maxDepth: fc.oneof(wide, fc.nat(3)),
  maxVisits: fc.integer({ min: 1, max: 3 }),
  maxFanOut: fc.oneof(wide, fc.integer({ min: 1, max: 3 })),
  maxConcurrent: fc.oneof(wide, fc.integer({ min: 1, max: 5 })),
  maxDispatches: fc.oneof(wide, fc.integer({ min: 1, max: 12 })),
  tokens: fc.oneof(wide, fc.nat(60)),
});

type SceneLimits = typeof limitsArbitrary extends fc.Arbitrary<infer L> ? L : never;

/** The reference: the books that the rules ask for, kept in the plainest way. */
class Reference {
  readonly limits: SceneLimits;
  readonly violations: string[] = [];
  live = 0;
  dispatches = 0;
  tokens = 0;
  /** Names of calls with a key that run. */
  readonly running: string[] = [];

  constructor(limits: SceneLimits) {
    this.limits = limits;
  }

  /** Every code that would be a right answer; none if the call has to be let in. */
  codesFor({ target, onDuplicate }: Plan, path: readonly string[], fanOut: number): string[] {
    const { maxDepth, maxVisits, maxFanOut, maxConcurrent, maxDispatches } = this.limits;
    const name = `${target.kind}:${target.id}`;
    const isSame = target.key !== undefined && this.running.includes(`${name}:${target.key}`);
    const lasting = [
      ...(path.length - 1 >= maxDepth ? ["GUARD_DEPTH"] : []),
      ...(path.filter((above) => above === name).length >= maxVisits ? ["GUARD_CYCLE"] : []),
    ];
    if (isSame && onDuplicate === "deny") return [...lasting, "GUARD_DUPLICATE"];
    if (isSame && onDuplicate === "join") return lasting;
    return [
      ...lasting,
      ...(fanOut >= maxFanOut ? ["GUARD_FANOUT"] : []),
      ...(this.dispatches >= maxDispatches ? ["GUARD_BUDGET"] : []),
      ...(this.live >= maxConcurrent ? ["GUARD_CONCURRENCY"] : []),
    ];
  }

  isJoin({ target, onDuplicate }: Plan): boolean {
    return (
      onDuplicate === "join" &&
      target.key !== undefined &&
      this.running.includes(`${target.kind}:${target.id}:${target.key}`)
    );
  }

  start({ target }: Plan): void {
    this.live += 1;
    this.dispatches += 1;
    if (target.key !== undefined) this.running.push(`${target.kind}:${target.id}:${target.key}`);
    if (this.live > this.limits.maxConcurrent) this.violations.push(`${this.live} live`);
    if (this.dispatches > this.limits.maxDispatches) this.violations.push(`${this.dispatches} dispatched`);
  }

  end({ target }: Plan): void {
    this.live -= 1;
    if (target.key === undefined) return;
    this.running.splice(this.running.indexOf(`${target.kind}:${target.id}:${target.key}`), 1);
  }
}

class Scene {
  readonly #guard: DispatchGuard;
  readonly #reference: Reference;

  constructor(guard: DispatchGuard, reference: Reference) {
    this.#guard = guard;
    this.#reference = reference;
  }

  /** A frame's code, without its end. */
  async play({ children, turns, isParallel, tokens }: Plan, frame: Frame): Promise<void> {
    this.#reserve(frame, tokens);
    for (let count = 0; count < turns; count += 1) await turn();
    const state = { fanOut: 0 };
    const path = frame.path.map(({ kind, id }) => `${kind}:${id}`);
    const calls: Promise<void>[] = [];
    for (const child of children) {
      const call = this.#dispatch(child, path, state);
      calls.push(call);
      if (isParallel) continue;
      await call;
      // An end is seen some microtasks after the function's own last word, where the reference counts it.
      await turn();
    }
    await Promise.all(calls);
    for (let count = 0; count < turns; count += 1) await turn();
  }

  async #dispatch(child: Plan, path: readonly string[], state: { fanOut: number }): Promise<void> {
    const reference = this.#reference;
    const { target, onDuplicate, ends } = child;
    const wanted = reference.codesFor(child, path, state.fanOut);
    const isJoin = reference.isJoin(child);
    const checked = this.#guard.check(target, { onDuplicate });
    let isEntered = false;
    const call = this.#guard.dispatch(
      target,
      (frame) => {
        isEntered = true;
        reference.start(child);
        state.fanOut += 1;
        const end = (): string => {
          reference.end(child);
          if (ends === "value") return "value";
          throw new Error(ends);
        };
        if (ends === "throw") return end();
        return this.play(child, frame).then(end);
      },
      { onDuplicate },
    );
    const entered = isEntered;
    const failure = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    const refused = !entered && failure instanceof GuardError ? failure.refusal : undefined;
    const say = (problem: string): void =>
      void reference.violations.push(`${path.join(">")} ${target.id}: ${problem}`);
    if (JSON.stringify(refused) !== JSON.stringify(checked)) {
      say(`check ${checked?.code}, dispatch ${refused?.code}`);
    }
    // A join of something that waits for the one who joins is a cycle that the path does not show.
    const isWaitCycle = isJoin && refused?.code === "GUARD_CYCLE";
    if (refused && !isWaitCycle && !wanted.includes(refused.code))
      say(`${refused.code}, wanted one of ${wanted.join()}`);
    if (!refused && wanted.length > 0) say(`let in, wanted ${wanted.join()}`);
    if (!refused && !isJoin && !entered) say("not entered");
  }

  #reserve(frame: Frame, tokens: number): void {
    const reference = this.#reference;
    const isRoom =
      reference.tokens + tokens <= reference.limits.tokens && reference.tokens < reference.limits.tokens;
    const reservation = frame.reserve("tokens", tokens);
    if (isRoom !== (reservation.code === undefined))
      reference.violations.push(`reserve ${tokens}: ${reservation.code}`);
    if (reservation.code !== undefined) return;
    reference.tokens += Math.floor(tokens / 2);
    reservation.settle(Math.floor(tokens / 2));
  }
}

test("check() agrees with dispatch() in any tree, both with the rules, and all counters are zero after the root", async () => {
  await fc.assert(
    fc.asyncProperty(limitsArbitrary, plan, async ({ tokens, ...limits }, rootPlan) => {
      const guard = createDispatchGuard({ limits: { ...limits, budgets: { tokens } } });
      const reference = new Reference({ ...limits, tokens });
      const scene = new Scene(guard, reference);
      const frame = await guard.root({ kind: "root", id: "root" }, async (root) => {
        await scene.play(rootPlan, root);
        return root;
      });
      expect(reference.violations).toEqual([]);
      const { tree, stop } = frame as TreeFrame;
      expect(tree.counts.live).toBe(0);
      expect(tree.counts.dispatches).toBe(reference.dispatches);
      expect(tree.counts.used.get("tokens") ?? 0).toBe(reference.tokens);
      expect(tree.calls.size).toBe(0);
      expect(stop.cause).toBe("ended");
    }),
    { numRuns: 400 },
  );
});
