import { startDeadline, untilAborted } from "./deadline.ts";
import { IdentityError } from "./errors.ts";
import type { Fact, FactCache } from "./fact-cache.ts";
import type { Member, MemberResolver } from "./member-resolver.ts";
import { readMember } from "./read-member.ts";
import { type Party, scopesOf } from "./subject.ts";

export interface MembersOptions {
  readonly resolver: MemberResolver | undefined;
  readonly cache: FactCache<Member | undefined>;
  readonly timeoutMs: number;
}

export interface FindMember {
  readonly fresh: boolean;
  readonly maxAgeMs: number;
}

/** Looks members up. */
export class Members {
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** Rejects with what the resolver rejected with, or with an `IdentityError`. */
  async find(party: Party, { fresh, maxAgeMs }: FindMember): Promise<Fact<Member | undefined>> {
    const { resolver, cache } = this.#options;
    if (!resolver) {
      throw new IdentityError(
        "IDENTITY_UNCONFIGURED",
        "Cannot look up the member: no resolver is configured",
      );
    }
    const { platforms = [party.subject.platform] } = resolver;
    // Nobody was asked, so it never gets old.
    if (!platforms.includes(party.subject.platform)) {
      return { value: undefined, asOf: Infinity, isSound: true };
    }
    return cache.find({
      key: `${party.subject.kind} ${party.key}`,
      scopes: scopesOf(party),
      fresh,
      maxAgeMs: () => maxAgeMs,
      ask: async (asOf) => ({ value: await this.#resolve(resolver, party, fresh), asOf, isSound: true }),
    });
  }

  async #resolve(resolver: MemberResolver, party: Party, fresh: boolean): Promise<Member | undefined> {
    const deadline = startDeadline(this.#options.timeoutMs, "Cannot look up the member");
    const { signal } = deadline;
    try {
      const answer = Promise.resolve(resolver.resolve(party.subject, { signal, fresh }));
      return readMember(await untilAborted(answer, signal), party);
    } finally {
      deadline.end();
    }
  }
}
