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
  const { findMember, onFailure, startedAt } = options;
  let asOf = startedAt;
  let lookups = 0;
  let lookup: Promise<Member | undefined> | undefined;
  const lookUp = async (): Promise<Member | undefined> => {
    lookups += 1;
    try {
      const fact = await findMember();
      asOf = Math.min(asOf, fact.asOf);
      return fact.value;
    } finally {
      lookups -= 1;
    }
  };
  const member = (): Promise<Member | undefined> => {
    if (lookup) return lookup;
    lookup = lookUp();
    // A policy may have asked for nothing.
    lookup.catch(() => {});
    return lookup;
  };
  const judgeLeaf: Judge = async (leaf, ask) => {
    try {
      const effect = readEffect(await untilAborted(answerOf(leaf, ask), ask.signal));
      if (effect === "error") onFailure(leaf, new TypeError("its answer is an error, or none of a policy"));
      return judgement(effect, leaf.name);
    } catch (error) {
      onFailure(leaf, error);
      // Whoever waits for a lookup is not slow himself.
      const isSlow = ask.signal.aborted && error === ask.signal.reason && lookups === 0;
      return judgement("error", leaf.name, isSlow ? "timeout" : reasonOf(error));
    }
  };
  const ask: Ask = Object.freeze({ ...options.ask, member });
  const judged = await judgeThrough(judgeLeaf)(policy, ask);
  return { value: decisionOf(judged, asOf), asOf };
}

async function answerOf(policy: Policy, ask: Ask): Promise<unknown> {
  return policy.decide(ask);
}

function reasonOf(error: unknown): Reason {
  return error instanceof IdentityError && error.code === "IDENTITY_UNCONFIGURED" ? "unconfigured" : "error";
}

/** As it is kept: who is answered first gets a copy that says that it is not from a cache. */
function decisionOf({ effect, reason, by }: Judgement, asOf: number): Decision {
  return Object.freeze({ allowed: effect === "allow", reason, by, cached: true, asOf });
}
