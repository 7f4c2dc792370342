import { setTimeout as sleep } from "node:timers/promises";
import { createBullmqLane } from "@executus/lane-bullmq";
import type { ClusterOrder } from "./cluster.ts";

// A process that takes part in a lane until it is told to close.
const { url, name, maxConcurrent } = JSON.parse(process.argv[2] ?? "") as ClusterOrder;
const lane = createBullmqLane({
  name,
  connection: url,
  maxConcurrent,
  lockMs: 60_000,
  reconstruct: () => () => sleep(5),
});
await lane.ready();
process.send?.("ready");
process.once("message", () => {
  void lane.close().then(() => process.disconnect());
});
