import { Hono } from "hono";
import type { RunRow } from "@executus/harness";
import { z } from "zod";
import { deskChannel } from "../desk/channel.ts";
import { DeskError } from "../desk/desk-error.ts";
import { chooseAmong } from "../desk/desk-models.ts";
import { findRepository } from "../desk/find-repository.ts";
import { type Caller, callerKey } from "../desk/members.ts";
import type { Desk } from "../desk/open-desk.ts";
import { plainText } from "../desk/plain-text.ts";
import { reviewInput } from "../desk/review-input.ts";
import type { ServiceContext, ServiceEnv } from "./env.ts";
import { check, readBody } from "./read-body.ts";
import { runView, shownState, wholeRunView } from "./run-view.ts";

const submitBody = z.strictObject({
  agent: plainText,
  input: z.unknown(),
  destinations: z.array(z.string().max(100)).max(10).default([]),
  key: plainText.optional(),
  priority: z.number().int().min(-10).max(10).default(0),
});

const cancelBody = z.strictObject({ reason: z.string().max(500).optional() });

const listQuery = z.strictObject({
  state: z.enum(["open", "queued", "running", "finished", "failed", "cancelled"]).optional(),
  caller: plainText.optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Runs: submit, list, look at, cancel. */
export function runRoutes(desk: Desk): Hono<ServiceEnv> {
  return new Hono<ServiceEnv>()
    .post("/", async (context) => context.json(await submit(desk, context), 202))
    .get("/", async (context) => context.json(await list(desk, context)))
    .get("/:id", async (context) => context.json(await wholeRunView(desk, await requireRun(desk, context))))
    .post("/:id/cancel", async (context) => {
      const { reason } = await readBody(context, cancelBody);
      const { runId } = await requireRun(desk, context);
      desk.log.info({ runId, by: context.get("caller").id, reason }, "a run is cancelled");
      await (await desk.harness.run(runId))?.cancel();
      return context.json({ id: runId }, 202);
    });
}

/**
 * The run that the path names, if it is the caller's, or the caller an admin.
 *
 * @throws {DeskError} `DESK_NOT_FOUND`, also for somebody else's
 */
export async function requireRun(desk: Desk, context: ServiceContext): Promise<RunRow> {
  const id = context.req.param("id") ?? "";
  const row = /^[\da-f-]{36}$/.test(id) ? await desk.store.getRun(id) : undefined;
  const { id: caller, isAdmin } = context.get("caller");
  if (row && (isAdmin || row.caller === callerKey(caller))) return row;
  throw new DeskError("DESK_NOT_FOUND", "There is no such run");
}

async function submit(desk: Desk, context: ServiceContext): Promise<object> {
  const caller = context.get("caller");
  const { agent, input, destinations, key: named, priority } = await readBody(context, submitBody);
  const header = context.req.header("idempotency-key");
  const key = named ?? (header === undefined ? undefined : check(plainText, header, "DESK_BODY"));
  if (priority > 0 && !caller.isAdmin)
    throw new DeskError("DESK_PRIORITY", "Only an admin may go before others: 'priority' must be at most 0");
  const unknown = destinations.find((name) => !desk.channels.has(name));
  if (unknown !== undefined)
    throw new DeskError("DESK_DESTINATION", `There is no destination ${JSON.stringify(unknown)}`);
  if (agent === "review") await checkReview(desk, input);
  const release = await admit(desk, caller, () => isOpen(desk, { agent, caller, key }));
  try {
    const run = await desk.harness.submit(agent, input, {
      caller: caller.subject,
      // The desk's own is the first: it has the files that are fetched.
      destinations: [deskChannel, ...new Set(destinations)].map((channel) => ({ channel, to: caller.id })),
      priority,
      key,
    });
    const placement = await run.placement();
    return { id: run.id, state: shownState(placement), placement };
  } finally {
    release();
  }
}

/** What the agent would find out only when it runs. */
async function checkReview(desk: Desk, input: unknown): Promise<void> {
  const { repo, models } = check(reviewInput, input, "DESK_INPUT");
  chooseAmong(desk.models, models);
  await findRepository(desk.settings.get("repos"), repo);
}

/** @throws {DeskError} `DESK_CLOSING`, `DESK_TOO_MANY` unless what is asked for is a run already */
async function admit(desk: Desk, { id }: Caller, isKnown: () => Promise<boolean>): Promise<() => void> {
  const { runs, settings } = desk;
  if (desk.isClosing) throw new DeskError("DESK_CLOSING", "The desk closes: try again soon");
  const isFull = (): boolean =>
    runs.count() >= settings.get("limits.runs") || runs.count(id) >= settings.get("limits.runsPerCaller");
  // Who is refused is refused by what the store knows.
  if (isFull()) await runs.load();
  if (isFull() && !(await isKnown()))
    throw new DeskError("DESK_TOO_MANY", "Too many runs wait: try again when some have ended");
  return runs.reserve(id);
}

interface Asked {
  readonly agent: string;
  readonly caller: Caller;
  readonly key: string | undefined;
}

/** True if that submit is one of the runs that wait or run: its answer got lost. */
async function isOpen({ store }: Desk, { agent, caller, key }: Asked): Promise<boolean> {
  if (key === undefined) return false;
  const open = {
    caller: callerKey(caller.id),
    states: ["open"],
    roots: true,
    limit: Number.POSITIVE_INFINITY,
  } as const;
  return (await store.listRuns(open)).some((row) => row.agent === agent && row.key === key);
}

async function list(desk: Desk, context: ServiceContext): Promise<object> {
  const { id, isAdmin } = context.get("caller");
  const {
    state,
    caller = isAdmin ? undefined : id,
    after,
    limit,
  } = check(listQuery, context.req.query(), "DESK_BODY");
  if (!isAdmin && caller !== id) throw new DeskError("DESK_NOT_ADMIN", "Only an admin sees runs of others");
  const stored = state === "queued" || state === "running" ? "open" : state;
  const rows = await desk.store.listRuns({
    roots: true,
    ...(caller !== undefined && { caller: callerKey(caller) }),
    ...(stored !== undefined && { states: [stored] }),
    afterSequence: after,
    limit,
  });
  const views = await Promise.all(rows.map((row) => runView(desk, row)));
  const runs = stored === state ? views : views.filter((view) => view.state === state);
  return { runs, ...(rows.length === limit && { next: rows.at(-1)?.sequence }) };
}
