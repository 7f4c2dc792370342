import { readKnown, requireMethod, requireType, show } from "./arguments.ts";
import { untilAborted } from "./deadline.ts";
import type { Decision } from "./decision.ts";
import { Decisions, maxLinks } from "./decisions.ts";
import { Epochs } from "./epochs.ts";
import { IdentityError, refusal } from "./errors.ts";
import { FactCache } from "./fact-cache.ts";
import type { CheckOptions, Identity } from "./identity.ts";
import { type IdentityOptions, readOptions } from "./identity-options.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { Member } from "./member-resolver.ts";
import { Members } from "./members.ts";
import type { Policy } from "./policy.ts";
import { watchClock } from "./steady-clock.ts";
import { isName, readParty, readScope, scopesOf, type Subject } from "./subject.ts";

const memberChecks = {
  fresh: requireType("boolean", "true or false"),
  signal: requireMethod("throwIfAborted"),
};
const checkChecks = {
  ...memberChecks,
  resource: requireType("string", "a string"),
  onBehalfOf: requireArray,
};

const minScopes = 1_000;

/**
 * Makes an identity: closed until a policy opens it, and whatever fails, denied.
 *
 * @throws {TypeError | RangeError} for an option that is unknown, of the wrong kind or out of its bounds.
 *
 * @example
 * ```ts
 * const identity = createIdentity({ policy: allowIds(["slack/U024BE7LH"], ["run:*"]) });
 * await identity.require({ platform: "slack", id: "U024BE7LH" }, "run:reviewer");
 * ```
 */
export function createIdentity(options: IdentityOptions = {}): Identity {
  const settings = readOptions(options);
  const { resolver, logger, maxEntries, timeoutMs, allowTtlMs } = settings;
  // Also where little is kept: what is under way is told apart by its subject.
  const epochs = new Epochs(Math.max(maxEntries, minScopes));
  const now = watchClock(settings.clock, () => epochs.revokeAll());
  const parts = { settings, epochs, now, maxEntries, onFailure: reportOnce(logger) };
  const members = new Members({ resolver, timeoutMs, cache: new FactCache<Member | undefined>(parts) });
  const decisions = new Decisions({ ...parts, members, cache: new FactCache<Decision>(parts) });

  async function check(
    who: Subject | undefined,
    action: string,
    given: CheckOptions = {},
  ): Promise<Decision> {
    const read = readKnown(given, checkChecks, "Cannot check:");
    const { resource, onBehalfOf = [], fresh = false, signal } = read;
    if (!isName(action)) {
      throw new TypeError(
        `Cannot check: 'action' must be a string that is not empty: received ${show(action)}`,
      );
    }
    signal?.throwIfAborted();
    // One more than may be is as good as all of them.
    const chain = [who, ...onBehalfOf.slice(0, maxLinks)].map(readParty);
    const decision = decisions.decide(chain, { action, resource, fresh });
    return decision instanceof Promise ? untilAborted(decision, signal) : decision;
  }

  return Object.freeze<Identity>({
    check,
    async require(who, action, given) {
      const { allowed, reason } = await check(who, action, given);
      if (!allowed) throw refusal(reason);
    },
    async member(who, given = {}) {
      const { fresh = false, signal } = readKnown(given, memberChecks, "Cannot look up the member:");
      signal?.throwIfAborted();
      const party = readParty(who);
      if (!party) throw new TypeError(`Cannot look up the member: 'subject' is none: received ${show(who)}`);
      const find = (): ReturnType<Members["find"]> => members.find(party, { fresh, maxAgeMs: allowTtlMs });
      return (await untilAborted(epochs.settle(scopesOf(party), find), signal)).value;
    },
    invalidate(who) {
      if (who === "all") epochs.revokeAll();
      else epochs.revoke(readScope(who));
    },
  });
}

/** Tells of each policy that could not decide, once: a backend that is down is asked all the time. */
function reportOnce(logger: Logger | undefined): (policy: Policy, error: unknown) => void {
  const toldOf = new WeakSet<Policy>();
  return (policy, error) => {
    if (toldOf.has(policy)) return;
    toldOf.add(policy);
    const message = `Identity denies what the policy "${policy.name}" is asked`;
    // A warning is read by anybody, and the message of a backend's error may hold a token.
    const isSafe = logger !== undefined || error instanceof IdentityError;
    reportProblem(logger, message, isSafe ? error : nameOf(error));
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function requireArray(value: unknown, what: string): void {
  if (!Array.isArray(value)) throw new TypeError(`${what} must be an array: received ${show(value)}`);
}
