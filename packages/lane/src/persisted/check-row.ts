/** Checks of what a store is given; each names the action, the argument and the value. */
import { show } from "../internal/show.ts";
import { requireWholeNumber } from "../internal/whole-number.ts";
import { requireLegalStep } from "./job-moves.ts";
import type {
  Adoption,
  JobMove,
  ListOptions,
  NewJobRow,
  PersistenceStore,
  Purge,
} from "./persistence-store.ts";

/** @throws {TypeError} unless it has the methods; one that is still being opened has none. */
export function requireStore(
  store: PersistenceStore,
  methods: readonly (keyof PersistenceStore)[],
  action: string,
): void {
  for (const method of methods) {
    if (typeof Reflect.get(Object(store), method) === "function") continue;
    // A text is not shown: it may be a database's address with a password in it.
    const received = typeof store === "string" ? "a string" : show(store);
    throw new TypeError(`${action}: 'store' must have the function ${method}: received ${received}`);
  }
}

export function checkNewJob(job: NewJobRow): void {
  const action = "Cannot enqueue job";
  requireId(job.jobId, action, "jobId");
  requireId(job.lane, action, "lane");
  requireId(job.owner, action, "owner");
  if (job.callerId !== undefined) requireId(job.callerId, action, "callerId");
  if (job.name !== undefined) requireId(job.name, action, "name");
  requireNumber(job.priority, action, "priority");
  requireNumber(job.weight, action, "weight", 0);
  if (job.timeoutMs !== undefined) requireNumber(job.timeoutMs, action, "timeoutMs", 0);
  if (!(job.metadata instanceof Uint8Array)) {
    throw new TypeError(`${action}: 'metadata' must be a Uint8Array: received ${show(job.metadata)}`);
  }
}

export function checkMove(move: JobMove): void {
  const action = "Cannot move job";
  requireId(move.jobId, action, "jobId");
  requireCount(move.epoch, action, "epoch", 1);
  if (move.reason !== undefined) requireText(move.reason, action, "reason");
  requireLegalStep(move);
}

export function checkListOptions({ owner, afterSequence = 0, limit = 1 }: ListOptions): void {
  const action = "Cannot list jobs";
  if (owner !== undefined) requireId(owner, action, "owner");
  requireCount(afterSequence, action, "afterSequence", 0);
  requireWholeNumber(limit, `${action}: 'limit'`, 1);
}

export function checkPurge({ olderThanMs, limit }: Purge): void {
  const action = "Cannot purge jobs";
  const message = `${action}: 'olderThanMs' must be 0 or more, or Infinity: received ${show(olderThanMs)}`;
  if (typeof olderThanMs !== "number") throw new TypeError(message);
  if (!(olderThanMs >= 0)) throw new RangeError(message);
  requireWholeNumber(limit, `${action}: 'limit'`, 1);
}

export function checkAdoption({ lane, from, to, limit }: Adoption): void {
  const action = "Cannot adopt jobs";
  requireId(lane, action, "lane");
  requireId(from.owner, action, "from.owner");
  requireCount(from.count, action, "from.count", 0);
  requireId(to, action, "to");
  requireWholeNumber(limit, `${action}: 'limit'`, 1);
  if (to === from.owner) throw new RangeError(`${action}: 'to' must be another owner: received ${show(to)}`);
}

/** @throws {TypeError} if it is no name of something. */
export function requireId(value: string, action: string, argument: string): void {
  requireText(value, action, argument);
  if (value === "") throw new TypeError(`${action}: '${argument}' must not be empty: received ""`);
}

/** Databases keep neither U+0000 nor half a character; changed on the way, two ids could become one. */
function requireText(value: string, action: string, argument: string): void {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return;
  throw new TypeError(
    `${action}: '${argument}' must be a string of whole characters without U+0000: received ${show(value)}`,
  );
}

function requireNumber(
  value: number,
  action: string,
  argument: string,
  above = Number.NEGATIVE_INFINITY,
): void {
  const bound = Number.isFinite(above) ? ` above ${above}` : "";
  const message = `${action}: '${argument}' must be a finite number${bound}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isFinite(value) || value <= above) throw new RangeError(message);
}

function requireCount(value: number, action: string, argument: string, minimum: number): void {
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(value) || value < minimum) throw new RangeError(message);
}
