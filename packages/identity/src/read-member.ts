import { IdentityError } from "./errors.ts";
import type { Member } from "./member-resolver.ts";
import { type Party, readParty } from "./subject.ts";

/**
 * Copies what a resolver answered: it may be the body of an error page, or somebody else's member from a backend that folds
 * case.
 *
 * @throws {IdentityError} `IDENTITY_LOOKUP_FAILED` if it is neither `undefined` nor the member of this subject.
 */
export function readMember(answer: unknown, { subject, key }: Party): Member | undefined {
  if (answer === undefined) return undefined;
  const { subject: whose, roles } = (answer ?? {}) as Partial<Member>;
  if (readParty(whose)?.key !== key) throw mistake("is not about this subject");
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string")) {
    throw mistake("has no roles that are an array of strings");
  }
  return Object.freeze({ subject, roles: Object.freeze([...roles]) });
}

function mistake(what: string): IdentityError {
  const message = `Cannot look up the member: the resolver's answer ${what}`;
  return new IdentityError("IDENTITY_LOOKUP_FAILED", message, { retryable: true });
}
