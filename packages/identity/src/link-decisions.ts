import { startDeadline } from "./deadline.ts";
import { type Decision, makeDenial } from "./decision.ts";
import { IdentityError } from "./errors.ts";
import type { Fact, FactCache } from "./fact-cache.ts";
import { hear } from "./hearing.ts";
import type { Settings } from "./identity-options.ts";
import type { Members } from "./members.ts";
import type { Problems } from "./problems.ts";
import { type Party, scopesOf } from "./subject.ts";

export interface LinkDecisionsOptions {
  readonly settings: Settings;
  readonly cache: FactCache<Decision>;
  readonly members: Members;
  readonly problems: Problems;
  readonly now: () => number;
}

/** What each link of a chain is asked. */
export interface LinkQuestion {
  readonly action: string;
  readonly resource: string | undefined;
  readonly fresh: boolean;
}

/** Decides for one subject alone. */
export class LinkDecisions {
  readonly #options: LinkDecisionsOptions;

  constructor(options: LinkDecisionsOptions) {
    this.#options = options;
  }

  /** The decision itself if it is kept. Never throws or rejects. */
  decide(party: Party | undefined, question: LinkQuestion): Decision | Promise<Decision> {
    const { settings, cache, now } = this.#options;
    if (!party) return makeDenial("no-subject", now());
    if (party.subject.kind === "bot" && !settings.allowBots) return makeDenial("forbidden", now(), "no-bots");
    const key = keyOf(party, question);
    if (!question.fresh) {
      const kept = cache.recall(key, this.#maxAgeMs);
      if (kept) return kept.value;
    }
    return this.#find(key, party, question);
  }

  /** A decision that something went wrong is not kept. */
  readonly #maxAgeMs = ({ allowed, reason }: Decision): number => {
    const { allowTtlMs, denyTtlMs } = this.#options.settings;
    if (allowed) return allowTtlMs;
    return reason === "forbidden" || reason === "no-match" ? denyTtlMs : 0;
  };

  async #find(key: string, party: Party, question: LinkQuestion): Promise<Decision> {
    const { cache, now } = this.#options;
    try {
      const { value } = await cache.find({
        key,
        scopes: scopesOf(party),
        fresh: question.fresh,
        maxAgeMs: this.#maxAgeMs,
        ask: (startedAt) => this.#ask(party, question, startedAt),
      });
      return Object.freeze({ ...value, cached: false });
    } catch {
      // Revoked again and again.
      return makeDenial("error", now());
    }
  }

  async #ask(party: Party, question: LinkQuestion, startedAt: number): Promise<Fact<Decision>> {
    const { settings, members, problems, now } = this.#options;
    const { allowTtlMs, denyTtlMs, timeoutMs, policy } = settings;
    const { action, resource, fresh } = question;
    const deadline = startDeadline(timeoutMs, () => {
      const message = `Cannot decide: no answer within ${timeoutMs} ms`;
      return new IdentityError("IDENTITY_UNDECIDED", message, { retryable: true });
    });
    const { signal } = deadline;
    const hearWith = (maxAgeMs: number): Promise<Fact<Decision>> =>
      hear(policy, {
        ask: { subject: party.subject, action, resource, signal },
        startedAt,
        findMember: () => members.find(party, { fresh, maxAgeMs }),
        onFailure: (leaf, error) => problems.failed(leaf, error),
      });
    try {
      const first = await hearWith(allowTtlMs);
      // A member that was looked up before is new enough to allow by, and may be too old to deny by.
      const isOld = first.asOf < startedAt && !(now() - first.asOf < denyTtlMs);
      return isOld && !first.value.allowed ? await hearWith(denyTtlMs) : first;
    } finally {
      deadline.end();
    }
  }
}

/** No two questions have one: the parts that others choose follow their lengths, or come last. */
function keyOf({ subject: { kind }, key }: Party, { action, resource }: LinkQuestion): string {
  const last = resource === undefined ? "" : `=${resource}`;
  return `${kind} ${key.length} ${key} ${action.length} ${action}${last}`;
}
