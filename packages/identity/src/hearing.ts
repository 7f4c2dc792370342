import { untilAborted } from "./deadline.ts";
import { type Decision, type Judgement, judgement, type Reason } from "./decision.ts";
import { IdentityError } from "./errors.ts";
import type { Fact } from "./fact-cache.ts";
import { type Judge, judgeThrough } from "./judge.ts";
import type { Member } from "./member-resolver.ts";
import { type Ask, type Policy, readEffect } from "./policy.ts";

export interface HearingOptions {
  readonly ask: Omit<Ask, "member">;
  readonly startedAt: number;
  readonly findMember: () => Promise<Fact<Member | undefined>>;
  readonly onFailure: (policy: Policy, error: unknown) => void;
}

/** Puts one ask to a policy and all that it is made of. When the signal aborts, those that have not answered are an error. */
export async function hear(policy: Policy, options: HearingOptions): Promise<Fact<Decision>> {
  const { ask, startedAt, findMember, onFailure } = options;
  let asOf = startedAt;
  let isLooking = false;
  let isSound = true;
  let lookup: Promise<Member | undefined> | undefined;
  const lookUp = async (): Promise<Member | undefined> => {
    isLooking = true;
    const fact = await findMember().finally(() => (isLooking = false));
    asOf = Math.min(asOf, fact.asOf);
    return fact.value;
  };
  const member = (): Promise<Member | undefined> => {
    lookup ??= lookUp();
    // A policy may not look at what it asked for.
    lookup.catch(() => {});
    return lookup;
  };
  const failed = (leaf: Policy, error: unknown, reason: Reason): Judgement => {
    isSound = false;
    onFailure(leaf, error);
    return judgement("error", leaf.name, reason);
  };
  const judgeLeaf: Judge = async (leaf, asked) => {
    try {
      const effect = readEffect(await untilAborted(answerOf(leaf, asked), ask.signal));
      if (effect !== "error") return judgement(effect, leaf.name);
      return failed(leaf, new TypeError("its answer is an error, or none of a policy"), "error");
    } catch (error) {
      // Whoever waits for a lookup is not slow himself.
      const isSlow = ask.signal.aborted && !isLooking;
      return failed(leaf, error, isSlow ? "timeout" : reasonOf(error));
    }
  };
  const { effect, reason, by } = await judgeThrough(judgeLeaf)(policy, Object.freeze({ ...ask, member }));
  // As it is kept: whoever it was made for gets a copy that says that it is new.
  const value = Object.freeze({ allowed: effect === "allow", reason, by, cached: true, asOf });
  return { value, asOf, isSound };
}

async function answerOf(policy: Policy, ask: Ask): Promise<unknown> {
  return policy.decide(ask);
}

function reasonOf(error: unknown): Reason {
  return error instanceof IdentityError && error.code === "IDENTITY_UNCONFIGURED" ? "unconfigured" : "error";
}
