import type { WorkerOptions } from "bullmq";
import type { LaneParts } from "../lane-parts.ts";

/** More than a process could ever run: BullMQ takes no `Infinity`. */
const unlimited = 1_000_000;

/** A job is started once: whoever dies over it, it fails; and whoever loses its lock stops by itself. */
export function workerOptions({ process: name, settings, link }: LaneParts): WorkerOptions {
  const { lockMs, maxConcurrentHere, prefix } = settings;
  return {
    connection: link.client,
    prefix,
    // Kept with each job, as the one that ran it.
    name,
    autorun: false,
    concurrency: Math.min(maxConcurrentHere, unlimited),
    lockDuration: lockMs,
    // The lane renews by itself, to know when Redis was last heard of.
    skipLockRenewal: true,
    stalledInterval: lockMs / 4,
    maxStalledCount: 0,
    maxStartedAttempts: 1,
    // How long a raised cap can go unseen by a worker that waits, in seconds: the least that BullMQ advises.
    drainDelay: 1,
    runRetryDelay: 500,
    maximumRateLimitDelay: 1_000,
  };
}
