import { type Judgement, judgement } from "./decision.ts";
import { type Ask, type Policy, readEffect } from "./policy.ts";

/** Asks a policy. Never rejects. */
export type Judge = (policy: Policy, ask: Ask) => Promise<Judgement>;

type Combine = (ask: Ask, judge: Judge) => Promise<Judgement>;

/** How the policies that are made of others ask these. */
const combinations = new WeakMap<Policy, Combine>();

/** A policy made of others: whoever judges it learns which of them decided. */
export function combination(name: string, combine: Combine): Policy {
  const policy = Object.freeze({
    name,
    decide: async (ask: Ask) => (await combine(ask, judgeAlone)).effect,
  });
  combinations.set(policy, combine);
  return policy;
}

/** A judge that goes through combinations and asks what they are made of by `judgeLeaf`. */
export function judgeThrough(judgeLeaf: Judge): Judge {
  const judge: Judge = (policy, ask) => combinations.get(policy)?.(ask, judge) ?? judgeLeaf(policy, ask);
  return judge;
}

/** For a combination that is asked by a policy of somebody's own. */
const judgeAlone: Judge = judgeThrough(async (policy, ask) => {
  try {
    return judgement(readEffect(await policy.decide(ask)), policy.name);
  } catch {
    return judgement("error", policy.name);
  }
});
