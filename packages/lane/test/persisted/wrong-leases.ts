import type { Lease, PersistenceStore } from "../../src/persisted.ts";
import { wrong, type WrongStore } from "./wrong-store.ts";

const raise = "raiseLease() counts on from 0 by one, of one owner in one lane";
const made = "enqueueJob() makes the owner's lease of that lane, at 1";
const kept = "enqueueJob() leaves a lease that is there as it is";
const released = "releaseLease() sets the lease of an owner with queued or running jobs to 0";
const removed = "releaseLease() removes the lease of an owner with nothing queued or running in the lane";

export const wrongLeases: readonly WrongStore[] = [
  wrong(raise, "has one count for all lanes", (inner) => {
    const counts = new Map<string, number>();
    return {
      raiseLease: async (lane, owner) => {
        await inner.raiseLease(lane, owner);
        counts.set(owner, (counts.get(owner) ?? 0) + 1);
        return counts.get(owner) ?? 0;
      },
    };
  }),
  wrong(raise, "answers with the count before", (inner) => ({
    raiseLease: async (lane, owner) => (await inner.raiseLease(lane, owner)) - 1,
  })),
  wrong(raise, "lists the leases of all lanes", (inner) => {
    const lanes = new Set<string>();
    return {
      raiseLease: async (lane, owner) => {
        lanes.add(lane);
        return inner.raiseLease(lane, owner);
      },
      listLeases: async () => (await Promise.all([...lanes].map((lane) => inner.listLeases(lane)))).flat(),
    };
  }),
  wrong(made, "knows only leases that were raised", (inner) => {
    const owners = new Set<string>();
    return {
      raiseLease: async (lane, owner) => {
        owners.add(owner);
        return inner.raiseLease(lane, owner);
      },
      listLeases: async (lane) => (await inner.listLeases(lane)).filter(({ owner }) => owners.has(owner)),
    };
  }),
  wrong(made, "makes a lease at 0", (inner) =>
    changeLeases(inner, (lease) => ({ ...lease, count: lease.count - 1 })),
  ),
  wrong(kept, "takes a job for a sign of life", (inner) => ({
    enqueueJob: async (job) => {
      const isKnown = (await inner.listLeases(job.lane)).some(({ owner }) => owner === job.owner);
      if (isKnown) await inner.raiseLease(job.lane, job.owner);
      return inner.enqueueJob(job);
    },
  })),
  wrong(kept, "sets a lease that was let go of to 1", (inner) => ({
    enqueueJob: async (job) => {
      const leases = await inner.listLeases(job.lane);
      const isReleased = leases.some(({ owner, count }) => owner === job.owner && count === 0);
      if (isReleased) await inner.raiseLease(job.lane, job.owner);
      return inner.enqueueJob(job);
    },
  })),
  wrong(released, "removes every lease that is let go of", (inner) =>
    changeLeases(inner, (lease) => (lease.count > 0 ? lease : undefined)),
  ),
  wrong(released, "does nothing for an owner whose jobs run", (inner) => ({
    releaseLease: async (lane, owner) => {
      const isRunning = (await inner.listRunningJobs(lane, { owner })).length > 0;
      if (!isRunning) await inner.releaseLease(lane, owner);
    },
  })),
  wrong(removed, "only ever sets a lease to 0", (inner) => {
    const owners = new Set<string>();
    return {
      releaseLease: async (lane, owner) => {
        await inner.releaseLease(lane, owner);
        owners.add(owner);
      },
      listLeases: async (lane) => [
        ...(await inner.listLeases(lane)),
        ...[...owners].map((owner) => ({ owner, count: 0 })),
      ],
    };
  }),
  wrong("raiseLease() after a release counts on from 0", "goes on where the lease had been", (inner) => {
    let count = 0;
    return {
      raiseLease: async (lane, owner) => {
        await inner.raiseLease(lane, owner);
        return (count += 1) + 1;
      },
    };
  }),
];

export function changeLeases(
  inner: PersistenceStore,
  change: (lease: Lease) => Lease | undefined,
): Partial<PersistenceStore> {
  return {
    listLeases: async (lane) => (await inner.listLeases(lane)).flatMap((lease) => change(lease) ?? []),
  };
}
