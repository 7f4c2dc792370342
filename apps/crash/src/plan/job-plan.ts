import { createHash } from "node:crypto";
import { createRandom, seedOf } from "./random.ts";

const kinds = ["plain", "stubborn", "failing", "cancelled", "aborted", "signalled", "parent"] as const;

/**
 * What a job does: works and obeys its signal, or does not, or throws; is cancelled right after its submit; is aborted while
 * it runs; is given a signal that aborts; gives its slot back while it waits for a job of its own.
 */
export type JobKind = (typeof kinds)[number];

/** All that there is to know of a job: worked out from its id, so that whoever finds its row can tell if it is right. */
export interface JobPlan {
  readonly kind: JobKind;
  readonly callerId: string | undefined;
  readonly priority: number;
  readonly workMs: number;
  readonly metadata: Uint8Array;
}

export interface Workload {
  readonly seed: number;
  /** Jobs of one kind, one caller and one priority, so that they start in the order of their submission. */
  readonly isFlat: boolean;
  /** So much metadata has a job at most. */
  readonly maxBytes: number;
}

/** A job that another one makes has a name below that one's. */
export function isChild(jobId: string): boolean {
  return jobId.includes("/");
}

export function planOf(jobId: string, { seed, isFlat, maxBytes }: Workload): JobPlan {
  const random = createRandom(seedOf(seed, jobId));
  const metadata = bytesOf(jobId, random.between(0, maxBytes));
  if (isFlat) return { kind: "plain", callerId: "ada", priority: 0, workMs: 0, metadata };
  return {
    kind: isChild(jobId) ? "plain" : random.pick(kinds),
    callerId: random.pick<string | undefined>(["ada", "bob", "eve", undefined]),
    priority: random.between(0, 2),
    workMs: random.between(0, 20),
    metadata,
  };
}

/** Bytes of every value, no text. */
function bytesOf(jobId: string, length: number): Uint8Array {
  const block = createHash("sha512").update(jobId).digest();
  return Uint8Array.from({ length }, (_, index) => (block[index % block.length] ?? 0) ^ (index >> 6));
}
