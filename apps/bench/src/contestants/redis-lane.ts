import { createBullmqLane } from "@executus/lane-bullmq";
import { removeKeys } from "../servers/remove-keys.ts";
import type { SharedServer } from "../servers/shared-server.ts";
import type { Work } from "./contestant.ts";
import type { DurableContestant } from "./durable-contestant.ts";

let lanes = 0;

/** Ours on Redis: callers in turn, positions, a cap over all processes. */
export function laneOnRedis(server: SharedServer): DurableContestant {
  return {
    name: "createBullmqLane",
    kind: "ours",
    open: async (maxConcurrent) => {
      const works = new Map<string, Work>();
      const url = await server.url();
      const name = `bench-${process.pid}-${(lanes += 1)}`;
      const lane = createBullmqLane({
        name,
        connection: url,
        maxConcurrent,
        // A measure of speed: a machine that stands still for a while is not to end it.
        lockMs: 60_000,
        answerTimeoutMs: Number.POSITIVE_INFINITY,
        reconstruct: ({ jobId }) => {
          const work = works.get(jobId);
          if (!work) throw new Error(`Cannot run ${jobId}: nobody has added it`);
          return work;
        },
      });
      await lane.ready();
      return {
        add: async (work, { id, metadata }) => {
          works.set(id, work);
          const callerId = `caller-${id.length + (id.codePointAt(id.length - 1) ?? 0)}`;
          await lane.submitWait({ id, metadata, callerId, name: "job", run: work });
          works.delete(id);
        },
        close: async () => {
          await lane.close();
          await removeKeys(url, `executus:${name}:*`);
        },
      };
    },
  };
}
