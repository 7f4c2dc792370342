import { Hono } from "hono";
import { DeskError } from "../desk/desk-error.ts";
import type { Desk } from "../desk/open-desk.ts";
import { replyFiles } from "../desk/reply-files.ts";
import type { ServiceEnv } from "./env.ts";
import { requireRun } from "./runs.ts";
import { unbroken } from "./unbroken.ts";

/** The files of a run's reply. */
export function fileRoutes(desk: Desk): Hono<ServiceEnv> {
  return new Hono<ServiceEnv>()
    .get("/:id/files", async (context) => {
      const files = await replyFiles(desk.harness.outbox, (await requireRun(desk, context)).runId);
      return context.json({ files: files.map(({ name, size, mediaType }) => ({ name, size, mediaType })) });
    })
    .get("/:id/files/:name", async (context) => {
      const { runId } = await requireRun(desk, context);
      const files = await replyFiles(desk.harness.outbox, runId);
      const file = files.find(({ name }) => name === context.req.param("name"));
      if (!file) throw new DeskError("DESK_NOT_FOUND", "There is no such file");
      const headers = {
        "content-type": file.mediaType,
        "content-length": String(file.size),
        // What a model or a repository wrote is never shown as a page of this service.
        "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        "content-security-policy": "sandbox",
      };
      if (context.req.method === "HEAD") return context.body(null, 200, headers);
      const body = unbroken(file.stream(), (error) => {
        desk.log.error({ err: error, runId }, "a file cannot be read");
        // A client that has the length would wait for the rest.
        context.env.outgoing.destroy();
      });
      return context.body(body, 200, headers);
    });
}
