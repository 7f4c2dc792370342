import { IdentityError } from "./errors.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { Policy } from "./policy.ts";

const quietMs = 60_000;

/** Tells of what would otherwise only be a denial. A backend that is down is asked all the time, and told of once a minute. */
export class Problems {
  readonly #logger: Logger | undefined;
  readonly #now: () => number;
  readonly #toldAt = new WeakMap<Policy, number>();
  readonly #unconfigured = new Set<string>();

  constructor(logger: Logger | undefined, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  failed(policy: Policy, error: unknown): void {
    if (error instanceof IdentityError && error.code === "IDENTITY_UNCONFIGURED") {
      this.unconfigured(`Identity denies what needs a member`, error);
      return;
    }
    const quietFor = this.#now() - (this.#toldAt.get(policy) ?? Number.NEGATIVE_INFINITY);
    if (quietFor < quietMs) return;
    this.#toldAt.set(policy, this.#now());
    const message = `Identity denies what the policy "${policy.name}" cannot decide`;
    // A warning is read by anybody, and the message of a backend's error may hold a token.
    reportProblem(this.#logger, message, this.#logger ? error : nameOf(error));
  }

  /** Told once. */
  unconfigured(message: string, error: IdentityError): void {
    if (this.#unconfigured.has(message)) return;
    this.#unconfigured.add(message);
    reportProblem(this.#logger, message, error);
  }
}

function nameOf(error: unknown): string {
  if (error instanceof IdentityError) return error.message;
  return error instanceof Error ? error.name : typeof error;
}
