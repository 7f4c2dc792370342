import type { OutboxEntry } from "@executus/deliver/outbox";
import { Hono } from "hono";
import { z } from "zod";
import { deskChannel } from "../desk/channel.ts";
import { DeskError } from "../desk/desk-error.ts";
import { type Caller, callerKey } from "../desk/members.ts";
import type { Desk } from "../desk/open-desk.ts";
import { plainText } from "../desk/plain-text.ts";
import type { ServiceContext, ServiceEnv } from "./env.ts";
import { check } from "./read-body.ts";

const query = z.strictObject({
  run: plainText.optional(),
  state: z.enum(["queued", "sending", "delivered", "partial", "failed", "unknown", "discarded"]).optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** How many rows a request may look at: whose they are stands at their runs. */
const maxSeen = 2_000;

/** What is on its way out, or arrived, or did not. */
export function deliveryRoutes(desk: Desk): Hono<ServiceEnv> {
  return new Hono<ServiceEnv>()
    .get("/", async (context) => context.json(await list(desk, context)))
    .post("/:key/retry", async (context) => {
      const key = context.req.param("key");
      const entry = isKey(key) ? await desk.harness.outbox?.get(key) : undefined;
      if (!entry || isOwn(entry) || !(await maySee(desk, context.get("caller"), entry)))
        throw new DeskError("DESK_NOT_FOUND", "There is no such delivery");
      await desk.harness.outbox?.retry(key);
      return context.json({ key }, 202);
    });
}

async function list(desk: Desk, context: ServiceContext): Promise<object> {
  const { run, state, after, limit } = check(query, context.req.query(), "DESK_BODY");
  const caller = context.get("caller");
  const filter = {
    ...(run !== undefined && { messageKey: `${run}/0` }),
    ...(state !== undefined && { states: [state] }),
  };
  const deliveries: object[] = [];
  let last = after;
  for (let seen = 0; seen < maxSeen && deliveries.length < limit;) {
    const page = (await desk.harness.outbox?.list({ ...filter, afterSequence: last, limit: 200 })) ?? [];
    for (const entry of page) {
      if (deliveries.length === limit) break;
      last = entry.sequence;
      seen += 1;
      if (!isOwn(entry) && (await maySee(desk, caller, entry))) deliveries.push(shown(entry));
    }
    if (page.length < 200 && page.at(-1)?.sequence === last) return { deliveries };
    if (page.length === 0) return { deliveries };
  }
  return { deliveries, next: last };
}

function shown(entry: OutboxEntry): object {
  const { key, destination, state, attempts, files, receipt, recordedAt, dueAt, endedAt } = entry;
  const { channel } = destination;
  return {
    key,
    run: runIdOf(key),
    destination: channel,
    state,
    attempts,
    files: files.map(({ name, mediaType, size }) => ({ name, mediaType, size })),
    receipt,
    recordedAt,
    dueAt,
    endedAt,
  };
}

/** The desk's own copy is no delivery to anybody. */
function isOwn({ destination }: OutboxEntry): boolean {
  return destination.channel === deskChannel;
}

async function maySee({ store }: Desk, { id, isAdmin }: Caller, { key }: OutboxEntry): Promise<boolean> {
  return isAdmin || (await store.getRun(runIdOf(key)))?.caller === callerKey(id);
}

function isKey(key: string): boolean {
  return /^[\da-f-]{36}\/\d+\/\d+$/.test(key);
}

/** Of `<runId>/0/<index>`. */
function runIdOf(key: string): string {
  return key.split("/", 1)[0] as string;
}
