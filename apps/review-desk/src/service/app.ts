import { Hono } from "hono";
import { DeskError } from "../desk/desk-error.ts";
import type { Desk } from "../desk/open-desk.ts";
import { deliveryRoutes } from "./deliveries.ts";
import type { ServiceContext, ServiceEnv } from "./env.ts";
import { errorAnswer } from "./error-answer.ts";
import { eventRoutes } from "./events.ts";
import type { EventStreams } from "./event-streams.ts";
import { fileRoutes } from "./files.ts";
import { laneRoutes } from "./lanes.ts";
import { runRoutes } from "./runs.ts";

/** The HTTP API over a desk. */
export function createApp(desk: Desk, streams: EventStreams): Hono<ServiceEnv> {
  const app = new Hono<ServiceEnv>();
  app.use(async (context, next) => {
    const startedAt = performance.now();
    await next();
    context.header("x-content-type-options", "nosniff");
    context.header("cache-control", "no-store");
    const { method, path } = context.req;
    const by = context.get("caller")?.id;
    const ms = Math.round(performance.now() - startedAt);
    desk.log.debug({ method, path, status: context.res.status, by, ms }, "request");
  });
  app.get("/v1/health", (context) => context.json({ ok: true }));
  app.use("/v1/*", async (context, next) => {
    context.set("caller", authenticate(desk, context));
    await next();
  });
  app.route("/v1/runs", runRoutes(desk));
  app.route("/v1/runs", eventRoutes(desk, streams));
  app.route("/v1/runs", fileRoutes(desk));
  app.route("/v1/deliveries", deliveryRoutes(desk));
  app.route("/v1/lanes", laneRoutes(desk));
  app.notFound((context) =>
    answer(context, new DeskError("DESK_NOT_FOUND", "There is nothing at this address")),
  );
  app.onError((error, context) => {
    if (errorAnswer(error).status === 500)
      desk.log.error({ err: error, path: context.req.path }, "a request failed");
    return answer(context, error);
  });
  return app;
}

function authenticate(
  desk: Desk,
  context: ServiceContext,
): NonNullable<ReturnType<Desk["members"]["authenticate"]>> {
  const token = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const caller = token === undefined ? undefined : desk.members.authenticate(token);
  if (caller) return caller;
  throw new DeskError("DESK_TOKEN", "A member's token is needed: Authorization: Bearer <token>");
}

function answer(context: Pick<ServiceContext, "json" | "header">, error: unknown): Response {
  const { status, code, message, retryAfter } = errorAnswer(error);
  if (status === 401) context.header("www-authenticate", "Bearer");
  if (retryAfter !== undefined) context.header("retry-after", String(retryAfter));
  return context.json({ error: { code, message } }, status);
}
