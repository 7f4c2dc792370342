import { currentJob, openWaits } from "./current-job.ts";
import { type ChainLink, LaneError } from "./errors.ts";
import type { SlotHost, Wait, WaitingJob } from "./wait.ts";

/** As `beginWait`, for whichever job's code asks; outside of jobs nothing. */
export function beginWaitHere(target: WaitingJob, refuse: (error: LaneError) => void): void {
  const waiter = currentJob();
  if (waiter) beginWait(waiter, target, refuse);
}

/**
 * Registers that a job's code waits for another job, and refuses the wait with `LANE_DEADLOCK` if it could never end:
 * if every slot that could serve the target is held by jobs that wait, directly or through others, behind those slots.
 */
function beginWait(waiter: WaitingJob, target: WaitingJob, refuse: (error: LaneError) => void): void {
  if (target.state === "ended") return;
  const wait: Wait = { waiter, target, refuse, end: () => endWait(wait) };
  (waiter.rare.waits ??= new Set()).add(wait);
  (target.rare.waitedBy ??= new Set()).add(wait);
  openWaits.add(wait);
  // Code that runs and waits for nothing is assumed to come to its end.
  if (target.state !== "running" || target.waits?.size) refuseIfHopeless(wait);
}

function endWait(wait: Wait): void {
  wait.waiter.rare.waits?.delete(wait);
  wait.target.rare.waitedBy?.delete(wait);
  openWaits.delete(wait);
}

/** Looks again after slots have become fewer: the youngest waits that can no longer end are refused. */
export function recheckWaits(): void {
  if (openWaits.size === 0) return;
  for (const wait of [...openWaits].reverse()) if (openWaits.has(wait)) refuseIfHopeless(wait);
}

function refuseIfHopeless(wait: Wait): void {
  if (canEnd(wait.target)) return;
  const chain = chainOf(wait);
  wait.end();
  const path = chain.map(({ lane, jobId }) => `"${jobId}" (${lane})`).join(" → ");
  const message = `Job "${wait.waiter.jobId}" cannot wait for "${wait.target.jobId}": no slot can become free: ${path}`;
  wait.refuse(new LaneError("LANE_DEADLOCK", message, { chain }));
}

/**
 * True if there is an order of events in which the job ends. Jobs that hold a slot and wait for nothing count as able to;
 * from them on, whatever they make possible: the least fixed point over all jobs that bear on this one.
 */
function canEnd(job: WaitingJob): boolean {
  const jobs = relatedJobs(job);
  const able = new Set<WaitingJob>();
  let grew = true;
  while (grew && !able.has(job)) {
    grew = false;
    for (const candidate of jobs) {
      if (able.has(candidate) || !isAble(candidate, able)) continue;
      able.add(candidate);
      grew = true;
    }
  }
  return able.has(job);
}

function isAble(job: WaitingJob, able: ReadonlySet<WaitingJob>): boolean {
  if (job.state === "ended") return true;
  if (job.waits)
    for (const { target } of job.waits) if (!able.has(target) && target.state !== "ended") return false;
  return job.state === "running" || canGetSlot(job, able);
}

function canGetSlot({ host, state, callerId }: WaitingJob, able: ReadonlySet<WaitingJob>): boolean {
  if (state === "queued" && host.isCapped(callerId) && !someHolder(host, able, { callerId })) return false;
  // A lane that is held at 0 with nothing running waits for somebody to raise its cap, not for a job.
  return host.hasFreeSlot || host.holders.length === 0 || someHolder(host, able);
}

type CallersOwn = Pick<WaitingJob, "callerId">;

function someHolder(host: SlotHost, able: ReadonlySet<WaitingJob>, of?: CallersOwn): boolean {
  for (const holder of host.holders) {
    if (able.has(holder) && (of === undefined || holder.callerId === of.callerId)) return true;
  }
  return false;
}

/** The job, what it waits for, and where it needs a slot the jobs that hold them; and so on. */
function relatedJobs(job: WaitingJob): Set<WaitingJob> {
  const jobs = new Set([job]);
  // A set hands out what is added while it is walked.
  for (const each of jobs) {
    if (each.waits) for (const { target } of each.waits) jobs.add(target);
    if (each.state === "queued" || each.state === "yielded")
      for (const holder of each.host.holders) jobs.add(holder);
  }
  return jobs;
}

/** One way round: who waits for whom, and who holds the slot that it needs, until a job comes again. */
function chainOf({ waiter, target }: Wait): ChainLink[] {
  const chain = [waiter];
  let next: WaitingJob | undefined = target;
  while (next && !chain.includes(next)) {
    chain.push(next);
    const waited: Wait | undefined = next.waits?.values().next().value;
    next = waited ? waited.target : holderIn(next, chain);
  }
  if (next) chain.push(next);
  return chain.map(({ host, jobId }) => ({ lane: host.name, jobId }));
}

/** Prefers the waiter itself: that is the shortest story to tell. */
function holderIn({ host }: WaitingJob, chain: readonly WaitingJob[]): WaitingJob | undefined {
  const [first] = chain;
  if (first && host.holders.includes(first)) return first;
  return host.holders[0];
}
