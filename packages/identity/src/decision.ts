import type { Effect } from "./policy.ts";

/**
 * Why a check was decided as it was. `no-match`: no policy allows it. `no-subject`: nobody asks, or the subject is malformed.
 * `unconfigured`: there is no policy, or no resolver where one is needed.
 */
export type Reason =
  | "allowed"
  | "forbidden"
  | "no-match"
  | "no-subject"
  | "unconfigured"
  | "error"
  | "timeout";

/** The answer to a check. Plain and frozen. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** The policy that decided. Of a denial for want of a rule there is none. */
  readonly by: string | undefined;
  /** True if it was decided for an earlier check. */
  readonly cached: boolean;
  /** When the oldest fact that it rests on was asked for, in epoch milliseconds. */
  readonly asOf: number;
}

/** What a policy came to, and which of those in it decided. */
export interface Judgement {
  readonly effect: Effect;
  readonly reason: Reason;
  readonly by: string | undefined;
}

const reasons: Readonly<Record<Effect, Reason>> = {
  allow: "allowed",
  forbid: "forbidden",
  none: "no-match",
  error: "error",
};

export function judgement(effect: Effect, by: string, reason: Reason = reasons[effect]): Judgement {
  return { effect, reason, by: effect === "none" ? undefined : by };
}

/** From the weakest on. */
const strengths: readonly Reason[] = [
  "forbidden",
  "error",
  "timeout",
  "unconfigured",
  "no-subject",
  "no-match",
  "allowed",
];

/** What a chain of delegation may do: no more than its weakest link. */
export function weakest(decisions: readonly Decision[]): Decision {
  if (decisions.length === 1 && decisions[0]) return decisions[0];
  const found = decisions.reduce((one, other) => (rank(other) < rank(one) ? other : one));
  const cached = decisions.every((decision) => decision.cached);
  return Object.freeze({ ...found, cached, asOf: Math.min(...decisions.map(({ asOf }) => asOf)) });
}

function rank({ reason }: Decision): number {
  return strengths.indexOf(reason);
}

export function makeDenial(reason: Reason, asOf: number, by?: string): Decision {
  return Object.freeze({ allowed: false, reason, by, cached: false, asOf });
}
