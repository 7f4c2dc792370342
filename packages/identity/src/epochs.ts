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
}
