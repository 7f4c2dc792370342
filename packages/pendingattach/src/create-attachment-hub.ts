import type { PendingAttachments } from "./attachments.ts";
import { Bag, type BagOwner } from "./bag.ts";
import type { BlobStore } from "./blob-store.ts";
import { requireFunction, requireObject, requireRunId } from "./check-arguments.ts";
import type { Logger } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import { type AttachmentLimits, LiveLimits } from "./limits.ts";
import { memoryBlobStore } from "./memory-blob-store.ts";
import { type AttachmentPolicy, requirePolicy } from "./policy.ts";
import { duplicateRun } from "./refusals.ts";
import { RunFiles, type RunFilesParts } from "./run-files.ts";
import type { Sniffer } from "./sniffer.ts";

export interface AttachmentHubOptions {
  readonly limits?: AttachmentLimits | undefined;
  readonly policy?: AttachmentPolicy | undefined;
  /** Where bytes lie until they are delivered. @default memoryBlobStore() */
  readonly store?: BlobStore | undefined;
  /** Asked before the built-in one, which goes on deciding what is active. */
  readonly sniffer?: Sniffer | undefined;
  readonly logger?: Logger | undefined;
  /** Milliseconds of which only differences count, for `sweep`. @default a clock that nobody sets */
  readonly clock?: (() => number) | undefined;
}

export interface OpenOptions {
  /**
   * Which delivery of the run the bag is for, from 0 on: the same again after a restart, so that what was delivered before
   * is not delivered twice, and another for a second delivery. @default 0
   */
  readonly sequence?: number | undefined;
}

/** The bags of all runs of a process. */
export interface AttachmentHub {
  /**
   * Opens the bag of a run.
   *
   * @throws {AttachError} `ATTACH_DUPLICATE` while the run has one
   */
  open(runId: string, options?: OpenOptions): PendingAttachments;
  /** The bag of a run or child run, until it has ended. */
  get(runId: string): PendingAttachments | undefined;
  /**
   * Discards what runs forgot that nobody has used for so long, 0 for all: a run is used as long as a file comes in or a sink
   * has its files. Resolves with the number of bags that ended.
   */
  sweep(olderThanMs: number): Promise<number>;
}

/**
 * Makes a hub, which holds the files of each run apart from those of all others.
 *
 * @throws {TypeError | RangeError} if an option is not as documented
 *
 * @example
 * ```ts
 * const bag = createAttachmentHub().open("run-7");
 * await bag.add({ name: "report.md", data: "# Two findings\n" });
 * await bag.drain(({ drainId, files }) => upload(drainId, files));
 * ```
 */
export function createAttachmentHub(options: AttachmentHubOptions = {}): AttachmentHub {
  requireObject(options, "Cannot create attachment hub: 'options'");
  const { limits = {}, policy = {}, store = memoryBlobStore(), sniffer, logger } = options;
  const { clock = () => performance.now() } = options;
  requireObject(limits, "Cannot create attachment hub: 'limits'");
  requirePolicy(policy);
  requireParts({ store, sniffer, logger, clock });
  return new Hub({ limits: new LiveLimits(limits, logger), policy, store, sniffer, logger, clock });
}

class Hub implements AttachmentHub, BagOwner {
  readonly #parts: RunFilesParts;
  readonly #bags = new Map<string, Bag>();

  constructor(parts: RunFilesParts) {
    this.#parts = parts;
  }

  open(runId: string, options: OpenOptions = {}): PendingAttachments {
    requireRunId(runId);
    requireObject(options, "Cannot open attachments: 'options'");
    const { sequence = 0 } = options;
    requireSequence(sequence);
    return new Bag({ runId, drainId: `${runId}/${sequence}`, run: new RunFiles(this.#parts), owner: this });
  }

  get(runId: string): PendingAttachments | undefined {
    return this.#bags.get(runId);
  }

  async sweep(olderThanMs: number): Promise<number> {
    requireAge(olderThanMs);
    const before = this.#bags.size;
    for (const bag of this.#bags.values()) {
      if (bag.isRoot && !bag.isBusy && bag.run.idleMs >= olderThanMs) bag.discard();
    }
    return before - this.#bags.size;
  }

  register(bag: Bag): void {
    if (this.#bags.has(bag.runId)) throw duplicateRun();
    this.#bags.set(bag.runId, bag);
  }

  forget({ runId }: Bag): void {
    this.#bags.delete(runId);
  }
}

function requireParts({
  store,
  sniffer,
  logger,
  clock,
}: Pick<RunFilesParts, "store" | "sniffer" | "logger" | "clock">): void {
  const what = (name: string): string => `Cannot create attachment hub: '${name}'`;
  for (const method of ["putBlob", "openBlob", "deleteBlob"] as const) {
    requireFunction(store?.[method], what(`store.${method}`));
  }
  if (sniffer !== undefined) requireFunction((sniffer as Sniffer | null)?.["sniff"], what("sniffer.sniff"));
  if (logger !== undefined) requireFunction((logger as Logger | null)?.["warn"], what("logger.warn"));
  requireFunction(clock, what("clock"));
}

function requireSequence(sequence: number): void {
  if (Number.isSafeInteger(sequence) && sequence >= 0) return;
  const received = show(sequence);
  throw new RangeError(
    `Cannot open attachments: 'sequence' must be a whole number of at least 0: received ${received}`,
  );
}

function requireAge(olderThanMs: number): void {
  if (typeof olderThanMs === "number" && olderThanMs >= 0) return;
  const received = show(olderThanMs);
  throw new RangeError(
    `Cannot sweep attachments: 'olderThanMs' must be a number of at least 0: received ${received}`,
  );
}
