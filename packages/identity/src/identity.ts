import type { Decision } from "./decision.ts";
import type { Member } from "./member-resolver.ts";
import type { Subject, SubjectScope } from "./subject.ts";

export interface CheckOptions {
  /** What the action is about; policies may look at it. */
  readonly resource?: string | undefined;
  /**
   * Those for whom the subject acts, up to the one who began. The action is allowed only if it is allowed to the subject and to
   * each of them: 16 in all, the subject with them.
   */
  readonly onBehalfOf?: readonly (Subject | undefined)[] | undefined;
  /** Asks anew instead of taking what is kept: for what cannot be undone. @default false */
  readonly fresh?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type MemberOptions = Pick<CheckOptions, "fresh" | "signal">;

/** Who asks, and what they may do. */
export interface Identity {
  /**
   * Decides if the subject may do it. Whatever a policy or resolver does, that is a denial with a reason: it rejects only with
   * the reason of an aborted signal, or a `TypeError` for a bad argument.
   */
  check(subject: Subject | undefined, action: string, options?: CheckOptions): Promise<Decision>;
  /**
   * The same, for code that goes on only if it is allowed.
   *
   * @throws {IdentityError} `IDENTITY_FORBIDDEN`, `IDENTITY_UNCONFIGURED`, or `IDENTITY_UNDECIDED` after an error or a timeout.
   */
  require(subject: Subject | undefined, action: string, options?: CheckOptions): Promise<void>;
  /**
   * Looks a subject up; `undefined` if it is not known. The resolver's own failure passes through unwrapped.
   *
   * @throws {IdentityError} `IDENTITY_LOOKUP_FAILED` after a timeout or a wrong answer, `IDENTITY_UNCONFIGURED` without a resolver.
   */
  member(subject: Subject, options?: MemberOptions): Promise<Member | undefined>;
  /**
   * Forgets what is kept about a subject, a tenant, a platform or all of them. What is being found out is asked again: no check
   * that begins after this, and none that is under way, is decided by what was true before.
   *
   * @throws {TypeError} if it is none of these.
   */
  invalidate(who: Subject | SubjectScope | "all"): void;
}
