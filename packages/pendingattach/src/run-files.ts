import type { BlobStore } from "./blob-store.ts";
import type { AttachError } from "./errors.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { LiveLimits } from "./limits.ts";
import type { AttachmentPolicy } from "./policy.ts";
import { overTotal, tooLarge, tooMany } from "./refusals.ts";
import type { Sniffer } from "./sniffer.ts";
import { NameRegister } from "./unique-name.ts";

export interface RunFilesParts {
  readonly store: BlobStore;
  readonly limits: LiveLimits;
  readonly policy: AttachmentPolicy;
  readonly sniffer: Sniffer | undefined;
  readonly logger: Logger | undefined;
  readonly clock: () => number;
}

/** What a run and its child runs share: limits with what is reserved of them, names, the store. */
export class RunFiles {
  readonly store: BlobStore;
  readonly limits: LiveLimits;
  readonly policy: AttachmentPolicy;
  readonly sniffer: Sniffer | undefined;
  readonly logger: Logger | undefined;
  readonly names: NameRegister = new NameRegister();
  readonly #clock: () => number;
  #files = 0;
  #bytes = 0;
  #position = 0;
  #usedAt: number;

  constructor({ store, limits, policy, sniffer, logger, clock }: RunFilesParts) {
    this.store = store;
    this.limits = limits;
    this.policy = policy;
    this.sniffer = sniffer;
    this.logger = logger;
    this.#clock = clock;
    this.#usedAt = clock();
  }

  /** How long nobody has used the run's bags. */
  get idleMs(): number {
    return this.#clock() - this.#usedAt;
  }

  touch(): void {
    this.#usedAt = this.#clock();
  }

  /** Where a new file stands among all of the run and its child runs. */
  nextPosition(): number {
    this.#position += 1;
    return this.#position;
  }

  /** Takes a place and so many bytes, or says which limit forbids it. */
  reserve(size: number): AttachError | undefined {
    const maxFiles = this.limits.read("maxFiles");
    if (this.#files >= maxFiles) return tooMany(maxFiles);
    const refusal = this.grow(0, size);
    if (!refusal) this.#files += 1;
    return refusal;
  }

  /** Takes more bytes for a file that has some, or says which limit forbids it. */
  grow(reserved: number, size: number): AttachError | undefined {
    const maxFileBytes = this.limits.read("maxFileBytes");
    if (size > maxFileBytes) return tooLarge(maxFileBytes, size);
    const total = this.#bytes - reserved + size;
    const maxTotalBytes = this.limits.read("maxTotalBytes");
    if (total > maxTotalBytes) return overTotal(maxTotalBytes, total);
    this.#bytes = total;
    return undefined;
  }

  /** Gives back what a file had reserved over its size. */
  shrink(reserved: number, size: number): void {
    this.#bytes -= reserved - size;
  }

  /** Gives back a place and so many bytes. */
  free(size: number): void {
    this.#files -= 1;
    this.#bytes -= size;
  }

  /** Nobody waits for it: what was to be done with the file is done, and a store may be slow. */
  deleteBlob(key: string): void {
    const deleted = (async () => this.store.deleteBlob(key))();
    void deleted.catch((error: unknown) => {
      reportProblem(this.logger, "Cannot delete the bytes of an attachment", error);
    });
  }
}
