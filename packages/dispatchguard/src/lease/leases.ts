import type { DispatchOptions } from "../dispatch-guard.ts";
import type { Frame } from "../frame.ts";
import type { Target } from "../target.ts";

export interface LeasesOptions {
  /**
   * What leases are signed with, each at least 32 bytes; a string counts as UTF-8. The first signs, any of them verifies: to
   * rotate, put the new one in front, and take the old one out when its last lease has expired.
   */
  readonly secrets: readonly (string | Uint8Array)[];
  /** The name of this receiver: it accepts no other's leases. @default none: it can only issue */
  readonly audience?: string | undefined;
  /**
   * Says if this is the first use of a lease, and notes it until `expiresAt`, in epoch milliseconds. Of all calls with one id,
   * one may be answered `true`; nothing but `true` accepts, and no answer until then refuses. Shared by all receivers, it makes leases single-use among them.
   *
   * @default the memory of this process
   */
  readonly claim?: ((leaseId: string, expiresAt: number) => boolean | Promise<boolean>) | undefined;
}

/** What a lease takes along, and what of it was used. */
export interface LeaseAmounts {
  /** Whole number of at least 1 when issued: the first is the receiver's own. */
  readonly dispatches?: number | undefined;
  readonly budgets?: Readonly<Record<string, number>> | undefined;
}

export interface IssueOptions extends LeaseAmounts {
  /** The receiver that may accept it. */
  readonly audience: string;
  /** How long it can be accepted, at least 1. @default 60_000 */
  readonly ttlMs?: number | undefined;
  /** The frame that dispatches. @default the one in whose code the call is made */
  readonly parent?: Frame | undefined;
}

export interface Lease {
  /** At most 4,096 characters of `A-Z a-z 0-9 . _ -`: fits a header. */
  readonly token: string;
  /**
   * Says what the receiver has used: the rest goes back. The first call counts, and what it does not name is spent, as all is
   * without a call.
   *
   * @throws {TypeError | RangeError} if an amount is not a finite number of at least 0; then it can be called again
   */
  settle(used: LeaseAmounts): void;
}

export interface AcceptOptions extends Pick<DispatchOptions, "signal" | "limits"> {
  /** What a request without a lease is: refused, or a new tree, where the way in is trusted. @default "deny" */
  readonly missing?: "deny" | "root" | undefined;
}

/** `used` is for the sender's `settle`. */
export type LeasedCode<T> = (frame: Frame, used: () => LeaseAmounts) => T | PromiseLike<T>;

export interface Leases {
  /**
   * Takes an amount out of the frame's tree, before anything is awaited, and signs for it. Counts as a dispatch of the frame.
   *
   * @throws {GuardError} the refusal; `GUARD_NO_ROOT` outside of a frame
   * @throws {TypeError | RangeError} if an option is not as documented, or the path is too long for 4,096 characters
   */
  issue(options: IssueOptions): Promise<Lease>;
  /**
   * Runs a function as a frame below the one that the lease was issued in: its ancestors, the amounts that it brings, and the
   * least of the limits of there and of here. Ignores the frame in whose code it is called.
   *
   * @throws {GuardError} `GUARD_TOKEN` if the lease is missing, tampered with, for another receiver, expired, used before or
   *   too long; any other refusal
   * @throws what `claim` throws
   * @throws the reason of `signal`
   */
  accept<T>(
    token: string | null | undefined,
    target: string | Target,
    run: LeasedCode<T>,
    options?: AcceptOptions,
  ): Promise<T>;
}
