import { bullmqOnRedis } from "../contestants/bullmq.ts";
import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { redis } from "../servers/redis-server.ts";

/** BullMQ, where there is a Redis. */
export const redisContestants: readonly DurableContestant[] = redis ? [bullmqOnRedis(redis)] : [];

export const redisNotes: readonly string[] = redis
  ? []
  : ["BullMQ on Redis is not measured: REDIS_URL is not set, and there is no redis-server on the PATH"];

export async function stopRedis(): Promise<void> {
  await redis?.stop();
}
