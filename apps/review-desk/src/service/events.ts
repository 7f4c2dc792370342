import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { DeskError } from "../desk/desk-error.ts";
import { followRun, isAllTold } from "../desk/follow-run.ts";
import type { Desk } from "../desk/open-desk.ts";
import type { ServiceEnv } from "./env.ts";
import { requireRun } from "./runs.ts";
import type { EventStreams } from "./event-streams.ts";

/**
 * What happens to a run, as server-sent events: the id is the event's number, so that a client that comes back gets what it
 * missed. One that comes back after the end is told not to (204).
 */
export function eventRoutes(desk: Desk, streams: EventStreams): Hono<ServiceEnv> {
  return new Hono<ServiceEnv>().get("/:id/events", async (context) => {
    const { runId } = await requireRun(desk, context);
    const after = readNumber(context.req.header("last-event-id") ?? context.req.query("after"));
    if (after > 0 && (await isAllTold(desk, runId, after))) return context.body(null, 204);
    // Nobody would read that stream.
    if (context.req.method === "HEAD")
      return context.body(null, 200, { "content-type": "text/event-stream" });
    const open = streams.open(context.get("caller").id, desk.settings);
    const follow = async (stream: SSEStreamingApi): Promise<void> => {
      const left = new AbortController();
      stream.onAbort(() => left.abort());
      try {
        const both = AbortSignal.any([left.signal, open.signal]);
        // A proxy that hears nothing hangs up.
        const onQuiet = (): unknown => stream.write(": still here\n\n");
        for await (const { number, event } of followRun(desk, runId, { after, signal: both, onQuiet })) {
          const { type } = JSON.parse(event) as { readonly type: string };
          await stream.writeSSE({ id: String(number), event: type, data: event });
        }
      } finally {
        open.close();
      }
    };
    return streamSSE(context, follow, async (error) =>
      desk.log.warn({ err: error, runId }, "a stream ends early"),
    );
  });
}

function readNumber(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DeskError("DESK_BODY", "'Last-Event-ID' must be the number of an event");
}
