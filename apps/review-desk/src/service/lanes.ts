import type { Lane } from "@executus/lane";
import { Hono } from "hono";
import { z } from "zod";
import { DeskError } from "../desk/desk-error.ts";
import type { Desk } from "../desk/open-desk.ts";
import { laneCaps, type LaneName } from "../desk/settings.ts";
import type { ServiceEnv } from "./env.ts";
import { readBody } from "./read-body.ts";

const capBody = z.strictObject({ maxConcurrent: z.number().int().min(0).max(1_000) });

/** Caps and counts of the lanes; an admin changes a cap, which holds from then on, also after a restart. */
export function laneRoutes(desk: Desk): Hono<ServiceEnv> {
  return new Hono<ServiceEnv>()
    .get("/", async (context) => {
      const lanes = await Promise.all(Object.values(desk.harness.lanes).map(show));
      return context.json({ lanes });
    })
    .put("/:name", async (context) => {
      const { id, isAdmin } = context.get("caller");
      if (!isAdmin) throw new DeskError("DESK_NOT_ADMIN", "Only an admin changes a cap");
      const name = context.req.param("name");
      const { maxConcurrent } = await readBody(context, capBody);
      if (!isLane(name)) throw new DeskError("DESK_LANE", "There is no such lane");
      await desk.lanes.setCap(name, maxConcurrent).catch((error: unknown) => {
        const { cause = error } = Object(error) as { readonly cause?: unknown };
        desk.log.warn({ lane: name, maxConcurrent, by: id, error: cause }, "a cap cannot be set");
        throw error;
      });
      desk.log.info({ lane: name, maxConcurrent, by: id }, "an admin changes a cap");
      return context.json(await show(desk.harness.lanes[name] as Lane));
    });
}

function isLane(name: string): name is LaneName {
  return Object.hasOwn(laneCaps, name);
}

async function show(lane: Lane): Promise<object> {
  const { maxConcurrent, queued, running, yielded, finished, failed, cancelled } = await lane.stats();
  return { name: lane.name, maxConcurrent, queued, running, yielded, finished, failed, cancelled };
}
