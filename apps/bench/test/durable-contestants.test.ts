import { afterAll, expect, test } from "vitest";
import { bullmqOnPostgres } from "../src/contestants/bullmq.ts";
import type { DurableContestant } from "../src/contestants/durable-contestant.ts";
import { plainjob } from "../src/contestants/plainjob.ts";
import { laneOnPostgres } from "../src/contestants/postgres-lane.ts";
import { rawPostgres } from "../src/contestants/raw-postgres.ts";
import { rawSqlite } from "../src/contestants/raw-sqlite.ts";
import { laneOnSqlite } from "../src/contestants/stored-lane.ts";
import { makeDurableOrders } from "../src/drivers/durable-orders.ts";
import { postgres } from "../src/servers/postgres-server.ts";

const contestants: readonly DurableContestant[] = [
  rawSqlite("NORMAL"),
  rawSqlite("FULL"),
  plainjob,
  laneOnSqlite("process"),
  laneOnSqlite("power"),
  rawPostgres(postgres),
  bullmqOnPostgres(postgres),
  laneOnPostgres(postgres),
];

afterAll(() => postgres.stop());

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
