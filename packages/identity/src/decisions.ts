import { startDeadline } from "./deadline.ts";
import { type Decision, makeDenial, weakest } from "./decision.ts";
import type { Epochs } from "./epochs.ts";
import { IdentityError } from "./errors.ts";
import type { Fact, FactCache } from "./fact-cache.ts";
import { hear } from "./hearing.ts";
import type { Settings } from "./identity-options.ts";
import type { Members } from "./members.ts";
import { denyAll, type Policy } from "./policy.ts";
import { type Party, scopesOf } from "./subject.ts";

/** How long a chain of delegation may be, with the subject itself. */
export const maxLinks = 16;

export interface DecisionsOptions {
  readonly settings: Settings;
  readonly cache: FactCache<Decision>;
  readonly members: Members;
  readonly epochs: Epochs;
  readonly now: () => number;
  /** Told of what would otherwise only be a denial. */
  readonly onFailure: (policy: Policy, error: unknown) => void;
}

/** What each link of a chain is asked. */
export interface LinkQuestion {
  readonly action: string;
  readonly resource: string | undefined;
  readonly fresh: boolean;
}

/** Who asks, and then for whom; `undefined` for what is no subject. */
export type Chain = readonly (Party | undefined)[];

/** Decides for chains of subjects, link by link. */
export class Decisions {
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** The decision itself if it is known already. Whatever a policy or a resolver does, it neither throws nor rejects. */
  decide(chain: Chain, question: LinkQuestion): Decision | Promise<Decision> {
    const { settings, epochs, now, onFailure } = this.#options;
    if (settings.policy === denyAll) {
      onFailure(denyAll, new IdentityError("IDENTITY_UNCONFIGURED", "no policy is configured"));
      return makeDenial("unconfigured", now());
    }
    if (chain.length > maxLinks) return makeDenial("forbidden", now(), "max-links");
    const known = chain.map((party) => this.#recallLink(party, question));
    if (known.every((decision) => decision !== undefined)) return weakest(known);
    const scopes = chain.flatMap((party) => (party ? scopesOf(party) : []));
    const decideAll = async (): Promise<Decision> =>
      weakest(await Promise.all(chain.map((party) => this.#decideLink(party, question))));
    return epochs.settle(scopes, decideAll).catch(() => makeDenial("error", now()));
  }

  /** What needs nobody to be asked. */
  #recallLink(party: Party | undefined, { action, resource, fresh }: LinkQuestion): Decision | undefined {
    const { settings, cache, now } = this.#options;
    if (!party) return makeDenial("no-subject", now());
    if (party.subject.kind === "bot" && !settings.allowBots) return makeDenial("forbidden", now(), "no-bots");
    return fresh ? undefined : cache.recall(keyOf(party, action, resource), this.#maxAgeMs)?.value;
  }

  async #decideLink(party: Party | undefined, question: LinkQuestion): Promise<Decision> {
    const known = this.#recallLink(party, question);
    if (known || !party) return known ?? makeDenial("no-subject", this.#options.now());
    const { value } = await this.#options.cache.find({
      key: keyOf(party, question.action, question.resource),
      scopes: scopesOf(party),
      fresh: question.fresh,
      maxAgeMs: this.#maxAgeMs,
      ask: (startedAt) => this.#ask(party, question, startedAt),
    });
    return Object.freeze({ ...value, cached: false });
  }

  readonly #maxAgeMs = ({ allowed }: Decision): number => {
    const { allowTtlMs, denyTtlMs } = this.#options.settings;
    return allowed ? allowTtlMs : denyTtlMs;
  };

  async #ask(party: Party, question: LinkQuestion, startedAt: number): Promise<Fact<Decision>> {
    const { settings, members, now, onFailure } = this.#options;
    const { allowTtlMs, denyTtlMs, timeoutMs, policy } = settings;
    const { action, resource, fresh } = question;
    const deadline = startDeadline(timeoutMs, "Cannot decide");
    const ask = { subject: party.subject, action, resource, signal: deadline.signal };
    const hearWith = (maxAgeMs: number): Promise<Fact<Decision>> => {
      const findMember = (): ReturnType<Members["find"]> => members.find(party, { fresh, maxAgeMs });
      return hear(policy, { ask, startedAt, findMember, onFailure });
    };
    try {
      const first = await hearWith(allowTtlMs);
      // A member that was looked up before is new enough to allow by, and may be too old to deny by.
      const isOld = first.asOf < startedAt && !(now() - first.asOf < denyTtlMs);
      return isOld && first.isSound && !first.value.allowed ? await hearWith(denyTtlMs) : first;
    } finally {
      deadline.end();
    }
  }
}

/** No two questions have one: the parts that others choose follow their lengths, or come last. */
function keyOf({ subject: { kind }, key }: Party, action: string, resource: string | undefined): string {
  const last = resource === undefined ? "" : `=${resource}`;
  return `${kind} ${key.length} ${key} ${action.length} ${action}${last}`;
}
