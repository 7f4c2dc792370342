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

export interface PointsWanted {
  readonly isSqlite: boolean;
  /** If interrupted jobs are queued again, and not failed. */
  readonly requeues: boolean;
}

/** The points that a worker can come to, rare ones first. */
export function pointsOf({ isSqlite, requeues }: PointsWanted): Point[] {
  // The first interruptions of a job queue it again, and only the last one fails it.
  const reached = steps.filter((step) => requeues || step !== "requeued");
  const ofStore = reached.flatMap((step) => moments.map((moment): Point => `${step}:${moment}`));
  const ofSqlite: Point[] = isSqlite ? [statement] : [];
  return [...ofStore, ...ownPoints, ...ofSqlite];
}

/** How often at most a point is passed before it is the one to die at. */
export function maxVisits(point: Point): number {
  if (point === statement) return 60;
  const [step = ""] = point.split(":");
  if (["adopt", "release", "closing"].includes(step)) return 1;
  return ["interrupted", "requeued", "leases", "raise", "rebuild", "cancelled"].includes(step) ? 2 : 8;
}
