import { show } from "./arguments.ts";
import type { Member } from "./member-resolver.ts";
import type { Subject } from "./subject.ts";

/**
 * What a policy says of an ask. `none`: it does not concern me. Of several,
 * `anyOf` takes the first of forbid, allow, error, none, and `allOf` the first of forbid, error, none, allow.
 */
export type Effect = "allow" | "forbid" | "none" | "error";

/** One question to a policy. Frozen. */
export interface Ask {
  /** Without a label: names that people choose decide nothing. */
  readonly subject: Subject;
  /** `"run:reviewer"` */
  readonly action: string;
  readonly resource?: string | undefined;
  /** Aborts when time is up. A caller who leaves does not abort it. */
  readonly signal: AbortSignal;
  /**
   * Looks up the subject, once for an ask. Rejects where that fails: a policy that lets this through decides `error`, which
   * never allows.
   */
  readonly member: () => Promise<Member | undefined>;
}

/**
 * Seam: one rule, or a whole engine of them.
 *
 * Contract, checked by `policyConformance`:
 * - `true` is `allow` and `false` is `none`; an `Effect` is itself; all else, a throw and a rejection are `error`.
 * - It answers for the subject, action and resource of the ask, by exact comparison. What it does not know, it does not allow.
 * - The same ask gets the same answer: decisions are kept for a while.
 * - It does not allow because the member could not be looked up, or is not there.
 */
export interface Policy {
  /** Shown as `by` in the decisions that it makes. */
  readonly name: string;
  decide(ask: Ask): Effect | boolean | Promise<Effect | boolean>;
}

/** Allows nobody anything: what an identity without a policy has. */
export const denyAll: Policy = Object.freeze({ name: "deny-all", decide: (): Effect => "none" });

/** @throws {TypeError} if the value has no name or does not decide. */
export function requirePolicy(policy: unknown, what: string): void {
  const { name, decide } = (policy ?? {}) as Partial<Policy>;
  if (typeof decide === "function" && typeof name === "string" && name !== "") return;
  throw new TypeError(
    `${what} must be a policy, with a name and a decide function: received ${show(policy)}`,
  );
}

/** What a policy's answer means. */
export function readEffect(answer: unknown): Effect {
  if (answer === true) return "allow";
  if (answer === false) return "none";
  return answer === "allow" || answer === "forbid" || answer === "none" ? answer : "error";
}
