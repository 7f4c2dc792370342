import { type Decision, makeDenial, weakest } from "./decision.ts";
import type { Epochs } from "./epochs.ts";
import { IdentityError } from "./errors.ts";
import type { LinkDecisions, LinkQuestion } from "./link-decisions.ts";
import { denyAll, type Policy } from "./policy.ts";
import type { Problems } from "./problems.ts";
import { type Party, scopesOf } from "./subject.ts";

/** How long a chain of delegation may be, with the subject itself. */
export const maxLinks = 16;
const maxTries = 3;

/** Who asks, and then for whom; `undefined` for what is no subject. */
export type Chain = readonly (Party | undefined)[];

export interface DecisionsOptions {
  readonly policy: Policy;
  readonly links: LinkDecisions;
  readonly epochs: Epochs;
  readonly problems: Problems;
  readonly now: () => number;
}

/** Decides for chains of subjects. */
export class Decisions {
  readonly #options: DecisionsOptions;

  constructor(options: DecisionsOptions) {
    this.#options = options;
  }

  /** The decision itself if it is known already. Never throws or rejects. */
  decide(chain: Chain, question: LinkQuestion): Decision | Promise<Decision> {
    const { policy, problems, now } = this.#options;
    if (policy === denyAll) {
      const cause = new IdentityError("IDENTITY_UNCONFIGURED", "no policy is configured");
      problems.unconfigured("Identity denies everything", cause);
      return makeDenial("unconfigured", now());
    }
    return chain.length > maxLinks ? makeDenial("forbidden", now(), "max-links") : this.#ask(chain, question);
  }

  #ask(chain: Chain, question: LinkQuestion, tries = 1): Decision | Promise<Decision> {
    const { links, epochs } = this.#options;
    if (chain.length === 1) return links.decide(chain[0], question);
    const asked = epochs.next();
    const decisions = chain.map((party) => links.decide(party, question));
    if (decisions.every((decision) => !(decision instanceof Promise))) return weakest(decisions);
    const all = Promise.all(decisions.map(async (decision) => decision));
    return all.then((settled) => {
      // One link may have been revoked while another one was still being decided.
      const isVoid = chain.some((party) => party && epochs.isRevoked(scopesOf(party), asked));
      if (!isVoid) return weakest(settled);
      return tries < maxTries
        ? this.#ask(chain, question, tries + 1)
        : makeDenial("error", this.#options.now());
    });
  }
}
