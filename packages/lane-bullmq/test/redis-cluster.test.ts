import { Cluster } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { failureOf, newJob, openLane, openRedis, until } from "./open-lane.ts";
import { createRedis } from "./internal/redis-server.ts";
import { useRedisProgram } from "./redis/use-redis.ts";

useRedisProgram();

test("a lane on a Redis cluster: a hash tag as its prefix keeps its keys in one place, whatever names and ids hold", async () => {
  const server = await createRedis({
    "cluster-enabled": "yes",
    "cluster-announce-ip": "127.0.0.1",
    "cluster-require-full-coverage": "no",
  });
  onTestFinished(() => server.remove());
  const redis = openRedis(server.url);
  await redis.cluster("ADDSLOTS", ...Array.from({ length: 16_384 }, (_, slot) => slot));
  const info = async (): Promise<string> => String(await redis.cluster("INFO"));
  await until(async () => (await info()).includes("cluster_state:ok"));
  const cluster = new Cluster([server.url]);
  onTestFinished(() => cluster.disconnect());
  const options = { name: "a}{b", prefix: "{executus}", connection: cluster, retentionMs: 0 };
  const { lane, add, start, finish } = openLane(server.url, { ...options, maxConcurrent: 0 });
  const callers = ["{ada}", "b}b", undefined];
  const tickets = await Promise.all(
    Array.from({ length: 90 }, (_, at) => add("echo", { callerId: callers[at % 3], id: `{${at}}` }, at)),
  );
  expect(await lane.placement("{89}")).toMatchObject({ state: "queued", position: 89 });
  await lane.cancel("{0}");
  await lane.setMaxConcurrent(2);
  await lane.holdUntil(Date.now() + 50, "quota");
  const ended = await Promise.allSettled(tickets.map(({ result }) => result));
  expect(ended.map(({ status }) => status === "fulfilled")).toEqual(ended.map((_, at) => at > 0));
  const running = [await start("gate"), await start("deaf")];
  await lane.abort(running[0]?.jobId ?? "");
  expect(await failureOf(running[0]?.result ?? Promise.resolve())).toMatchObject({ code: "LANE_ABORTED" });
  finish(running[1]?.jobId ?? "");
  await until(async () => (await lane.sweep()) >= 0 && (await lane.stats()).submitted === 0);
  expect(await lane.submitWait(newJob("echo", "last"))).toBe("last");
});
