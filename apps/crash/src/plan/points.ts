/** What a lane does with its store: each state that a job goes to, and what is done about leases. */
const steps = [
  "enqueue",
  "running",
  "finished",
  "failed",
  "cancelled",
  "interrupted",
  "requeued",
  "adopt",
  "raise",
  "leases",
  "release",
] as const;

/** Before the store is called, once it is called and may or may not have done it, and once it has answered. */
const moments = ["before", "during", "after"] as const;

export type Step = (typeof steps)[number];
export type StorePoint = `${Step}:${(typeof moments)[number]}`;

/** In a job's own code, in the code that builds jobs again, and while a lane closes. */
const ownPoints = ["job:entered", "job:halfway", "job:returning", "rebuild", "closing"] as const;

/** Between two statements of SQLite, so also in the middle of a transaction. */
const statement = "statement" as const;

/** Where a worker can be told to die. */
export type Point = StorePoint | (typeof ownPoints)[number] | typeof statement;

/** Every point on that store. */
export function allPoints(isSqlite: boolean): Point[] {
  const ofStore = steps.flatMap((step) => moments.map((moment): Point => `${step}:${moment}`));
  const ofSqlite: Point[] = isSqlite ? [statement] : [];
  return [...ofStore, ...ownPoints, ...ofSqlite];
}

/** Every point of a lane in Redis: what BullMQ does between two of them is one step. */
export const redisPoints: readonly Point[] = [
  ...(["enqueue", "cancelled"] as const).flatMap((step) =>
    moments.map((moment): Point => `${step}:${moment}`),
  ),
  "finished:during",
  ...ownPoints,
];

/** The points that every worker comes to. Where jobs are queued again, one must be interrupted often before it fails for that. */
export function pointsOf(isSqlite: boolean, requeues: boolean): Point[] {
  const rare: Step = requeues ? "interrupted" : "requeued";
  return allPoints(isSqlite).filter((point) => !point.startsWith(`${rare}:`));
}

/** True of a point that few scenarios come to: what is not met there may be met nowhere. */
export function isScarce(point: Point): boolean {
  return point.startsWith("requeued:");
}

/** How often at most a point is passed before it is the one to die at. */
export function maxVisits(point: Point): number {
  if (point === statement) return 60;
  const [step = ""] = point.split(":");
  if (["adopt", "release", "closing"].includes(step)) return 1;
  return ["interrupted", "requeued", "leases", "raise", "rebuild", "cancelled"].includes(step) ? 2 : 8;
}
