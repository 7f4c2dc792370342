import { laneConformance } from "@executus/lane/conformance";
import { type BullmqLaneOptions, createBullmqLane } from "../src/index.ts";
import { supports } from "../src/supports.ts";
import { redisTest, useRedis } from "./redis/use-redis.ts";

const url = useRedis();

laneConformance((title, run) => redisTest(title, { timeout: 60_000 }, run), {
  supports,
  create: ({ onEvent, ...options }, handlers) =>
    createBullmqLane({
      ...options,
      onEvent: onEvent as BullmqLaneOptions["onEvent"],
      connection: url(),
      reconstruct: ({ name, metadata }) => handlers(name, metadata),
    }),
  deadlineMs: 30_000,
});
