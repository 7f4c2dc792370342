import { expect, test } from "vitest";
import type { DurableContestant } from "../src/contestants/durable-contestant.ts";
import { laneOnSqlite } from "../src/contestants/stored-lane.ts";
import { rawSqlite } from "../src/contestants/raw-sqlite.ts";
import { makeDurableOrders } from "../src/drivers/durable-orders.ts";

const contestants: readonly DurableContestant[] = [
  rawSqlite("NORMAL"),
  rawSqlite("FULL"),
  laneOnSqlite("process"),
  laneOnSqlite("power"),
];

test.each(contestants)("$name runs every job once", async (contestant) => {
  const queue = await contestant.open(3);
  const ran: string[] = [];
  const orders = makeDurableOrders(20);
  await Promise.all(
    orders.map((order) =>
      queue.add(async () => {
        ran.push(order.id);
      }, order),
    ),
  );
  await queue.close();
  expect(ran.toSorted()).toEqual(orders.map(({ id }) => id).toSorted());
});
