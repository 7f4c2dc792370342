import { test } from "vitest";
import { laneConformance } from "@executus/lane/conformance";
import { type BullmqLaneOptions, createBullmqLane } from "../src/index.ts";
import { supports } from "../src/supports.ts";
import { useRedis } from "./redis/use-redis.ts";

const url = useRedis();

laneConformance(test, {
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
