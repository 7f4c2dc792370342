import { IdentityError } from "./errors.ts";

const maxTries = 3;

/**
 * The order of questions and revocations. What was asked for before its subject's rights were revoked counts no more,
 * be it kept or still on its way.
 */
export class Epochs {
  readonly #maxScopes: number;
  /** By scope, the number of its last revocation. */
  readonly #revoked = new Map<string, number>();
  #last = 0;
  #allRevoked = 0;

  /** @param maxScopes how many revocations are told apart; one more revokes everything, which is safe and then free. */
  constructor(maxScopes: number) {
    this.#maxScopes = maxScopes;
  }

  /** The number of a question that is asked now. */
  next(): number {
    return (this.#last += 1);
  }

  revoke(scope: string): void {
    if (this.#revoked.size >= this.#maxScopes && !this.#revoked.has(scope)) this.revokeAll();
    else this.#revoked.set(scope, this.next());
  }

  revokeAll(): void {
    this.#allRevoked = this.next();
    this.#revoked.clear();
  }

  /** Returns if one of the scopes was revoked after the question with this number was asked. */
  isRevoked(scopes: readonly string[], asked: number): boolean {
    if (asked < this.#allRevoked) return true;
    if (this.#revoked.size === 0) return false;
    return scopes.some((scope) => (this.#revoked.get(scope) ?? 0) > asked);
  }

  /**
   * What the work comes to; it is done again where one of the scopes was revoked meanwhile.
   *
   * @throws {IdentityError} `IDENTITY_LOOKUP_FAILED` if that happens again and again.
   */
  async settle<T>(scopes: readonly string[], work: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const asked = this.next();
      const result = await work();
      if (!this.isRevoked(scopes, asked)) return result;
    }
    const message = `Cannot find out: rights were revoked meanwhile, ${maxTries} times in a row`;
    throw new IdentityError("IDENTITY_LOOKUP_FAILED", message, { retryable: true });
  }
}
