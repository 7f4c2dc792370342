import type { Decision, Reason } from "./decision.ts";
import { IdentityError, type IdentityErrorCode } from "./errors.ts";

const codes: { readonly [Of in Reason]?: IdentityErrorCode } = {
  unconfigured: "IDENTITY_UNCONFIGURED",
  error: "IDENTITY_UNDECIDED",
  timeout: "IDENTITY_UNDECIDED",
};
const messages: { readonly [Of in IdentityErrorCode]?: string } = {
  IDENTITY_FORBIDDEN: "Cannot do this: it is not allowed",
  IDENTITY_UNCONFIGURED: "Cannot do this: what is allowed is not configured",
  IDENTITY_UNDECIDED: "Cannot do this: whether it is allowed could not be found out",
};

/** What `require` throws for a denial: for a model or user to read, so that it says no more than that. */
export function refusal({ reason }: Decision): IdentityError {
  const code = codes[reason] ?? "IDENTITY_FORBIDDEN";
  return new IdentityError(code, messages[code] ?? code, {
    reason,
    retryable: code === "IDENTITY_UNDECIDED",
  });
}
