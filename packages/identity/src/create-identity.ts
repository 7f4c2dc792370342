import { readCheck, readFind, requireScope } from "./check-arguments.ts";
import { untilAborted } from "./deadline.ts";
import type { Decision } from "./decision.ts";
import { decisionEvent, tell } from "./decision-event.ts";
import { Decisions, maxLinks } from "./decisions.ts";
import { Epochs } from "./epochs.ts";
import { FactCache } from "./fact-cache.ts";
import type { CheckOptions, Identity } from "./identity.ts";
import { type IdentityOptions, readOptions } from "./identity-options.ts";
import { LinkDecisions } from "./link-decisions.ts";
import type { Member } from "./member-resolver.ts";
import { Members } from "./members.ts";
import { Problems } from "./problems.ts";
import { refusal } from "./refusal.ts";
import { show } from "./show.ts";
import { watchClock } from "./steady-clock.ts";
import { readParty, scopeName, type Subject, subjectKey } from "./subject.ts";

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
  const { policy, resolver, onEvent, logger, maxEntries, timeoutMs, allowTtlMs } = settings;
  const epochs = new Epochs(maxEntries);
  const now = watchClock(settings.clock, () => epochs.revokeAll());
  const problems = new Problems(logger, now);
  const cacheOptions = { epochs, now, maxEntries };
  const members = new Members({
    resolver,
    timeoutMs,
    cache: new FactCache<Member | undefined>(cacheOptions),
  });
  const cache = new FactCache<Decision>(cacheOptions);
  const links = new LinkDecisions({ settings, cache, members, problems, now });
  const decisions = new Decisions({ policy, links, epochs, problems, now });

  function startCheck(who: Subject | undefined, action: string, check: CheckOptions): Promise<Decision> {
    const { resource, onBehalfOf, fresh, signal } = readCheck(action, check);
    signal?.throwIfAborted();
    // One more than may be, which is as good as all of them.
    const subjects = onBehalfOf.length === 0 ? [who] : [who, ...onBehalfOf.slice(0, maxLinks)];
    const chain = subjects.map(readParty);
    const decided = decisions.decide(chain, { action, resource, fresh });
    if (!(decided instanceof Promise) && !onEvent) return Promise.resolve(decided);
    const result = signal ? untilAborted(Promise.resolve(decided), signal) : Promise.resolve(decided);
    if (!onEvent) return result;
    return result.then((decision) => {
      tell(onEvent, decisionEvent({ chain, action, resource }, decision, now()), logger);
      return decision;
    });
  }

  const identity: Identity = {
    check(who, action, check = {}) {
      try {
        return startCheck(who, action, check);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async require(who, action, check) {
      const decision = await identity.check(who, action, check);
      if (!decision.allowed) throw refusal(decision);
    },
    async member(who, find = {}) {
      const { fresh, signal } = readFind(find);
      signal?.throwIfAborted();
      const party = readParty(who);
      if (!party) {
        throw new TypeError(`Cannot look up the member: 'subject' must be one: received ${show(who)}`);
      }
      const found = members.find(party, { fresh, maxAgeMs: allowTtlMs });
      return (await (signal ? untilAborted(found, signal) : found)).value;
    },
    invalidate(who) {
      if (who === "all") epochs.revokeAll();
      else {
        requireScope(who);
        epochs.revoke("id" in who && who.id !== undefined ? subjectKey(who) : scopeName(who));
      }
    },
  };
  return Object.freeze(identity);
}
