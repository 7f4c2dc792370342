/**
 * A process that is there to be killed: `worker-main.ts <order as JSON>`. It says "up" once it runs its own code.
 *
 * @module
 */
import type { WorkerOrder } from "../plan/worker-order.ts";
import { createWorld } from "./create-world.ts";
import { batch, drain, load } from "./tasks.ts";

// Whoever started it is gone: nobody would kill it any more.
process.stdin.resume().on("end", () => process.exit(9));
(process.stdin as { unref?: () => void }).unref?.();
process.stdout.write("up\n");

const order = JSON.parse(process.argv[2] ?? "null") as WorkerOrder | null;
// Without one it has only been started for the compile cache, which a killed process does not write.
if (order) {
  const { task } = order;
  const world = await createWorld(order);
  if (task.kind === "load") await load(world, task);
  else if (task.kind === "batch") await batch(world, task);
  else await drain(world, task);
  await world.close();
}
