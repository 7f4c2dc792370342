import type { Subject } from "./subject.ts";

/** A subject that a platform knows, and what it is there. */
export interface Member {
  readonly subject: Subject;
  /** In no order. Empty means known, with no rights. */
  readonly roles: readonly string[];
}

export interface ResolveOptions {
  /** Once it has aborted, the answer is not waited for any more. */
  readonly signal: AbortSignal;
  /** True for a caller who wants no answer that was kept from before. */
  readonly fresh: boolean;
}

/**
 * Seam: who the members are.
 *
 * Contract, checked by `memberResolverConformance`:
 * - A subject that is known resolves to its member; one that is not, also one of another platform or tenant, to `undefined`.
 * - Only an answer is an answer: a backend that fails, limits or refuses rejects. It is not `undefined` and not "no roles".
 * - Ids compare code unit by code unit: no trimming, no folding of case or Unicode forms, no numbers.
 * - `fresh` gives what the backend says now.
 * - An aborted `signal` rejects with `signal.reason`.
 *
 * A subject comes without its label. What comes back for another subject, or is no member, counts as a failure.
 */
export interface MemberResolver {
  /** Subjects of other platforms are unknown without a call. @default all are asked about */
  readonly platforms?: readonly string[] | undefined;
  resolve(subject: Subject, options: ResolveOptions): Promise<Member | undefined>;
}
