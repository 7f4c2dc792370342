import { createRedis, givenRedis, hasRedis } from "../internal/redis-server.ts";
import { type Server, type SharedServer, shareServer } from "./shared-server.ts";

/** The server of `REDIS_URL`, or one that is started here. Undefined where there is none. */
export const redis: SharedServer | undefined = hasRedis ? shareServer(openRedis) : undefined;

/** As BullMQ advises: what was written is on the disk within a second. */
async function openRedis(): Promise<Server> {
  if (givenRedis !== undefined) return { url: givenRedis, remove: async () => {} };
  return createRedis({ appendonly: "yes", appendfsync: "everysec" });
}
