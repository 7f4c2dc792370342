import { judgement } from "./decision.ts";
import { combination } from "./judge.ts";
import { denyAll, type Effect, type Policy, requirePolicy } from "./policy.ts";

/** Allows what one of the policies allows and none forbids; an error does not stand in the way. Of no policies: `none`. */
export function anyOf(...policies: readonly Policy[]): Policy {
  return firstOf("any-of", policies, ["forbid", "allow", "error", "none"]);
}

/** Allows what all of the policies allow. Of no policies: `none`. */
export function allOf(...policies: readonly Policy[]): Policy {
  return firstOf("all-of", policies, ["forbid", "error", "none", "allow"]);
}

/**
 * Forbids what the policy allows, whoever else allows it, and also what the policy could not decide. There is no `not`: it
 * would turn an error into a right.
 */
export function forbid(policy: Policy): Policy {
  requirePolicy(policy, "Cannot forbid: 'policy'");
  return combination("forbid", async (ask, judge) => {
    const { effect, reason, by = policy.name } = await judge(policy, ask);
    if (effect === "none") return judgement("none", by);
    return judgement("forbid", by, effect === "error" ? reason : "forbidden");
  });
}

/** All are asked at once, since the last may forbid; the first effect of the order that one of them has is the result. */
function firstOf(name: string, policies: readonly Policy[], order: readonly Effect[]): Policy {
  for (const [index, policy] of policies.entries())
    requirePolicy(policy, `Cannot combine: 'policies[${index}]'`);
  // Also of no policies: that nobody is let in is then told.
  if (policies.every((policy) => policy === denyAll)) return denyAll;
  return combination(name, async (ask, judge) => {
    const judgements = await Promise.all(policies.map((policy) => judge(policy, ask)));
    const found = order.flatMap((effect) => judgements.filter((each) => each.effect === effect));
    return found[0] ?? judgement("none", name);
  });
}
