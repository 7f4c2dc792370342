import { expect, test } from "vitest";
import { EarlyOrders } from "../src/worker/early-orders.ts";

const stop = (reason: string) => ({ reason, end: "cancelled" }) as const;

test("take() gives an order that came before its job, once", () => {
  const orders = new EarlyOrders();
  orders.add("one:1", stop("enough"));
  expect(orders.take("one:2")).toBeUndefined();
  expect(orders.take("one:1")).toEqual(stop("enough"));
  expect(orders.take("one:1")).toBeUndefined();
});

test("add() keeps the last 100, so that orders for other processes are forgotten", () => {
  const orders = new EarlyOrders();
  for (let count = 0; count < 150; count += 1) orders.add(`one:${count}`, stop(String(count)));
  expect([orders.take("one:49"), orders.take("one:50")]).toEqual([undefined, stop("50")]);
});
