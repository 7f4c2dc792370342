import { memoryOutboxStore } from "@executus/deliver/outbox";
import { outboxRate, storeRate } from "../drivers/outbox.ts";
import type { Case } from "../measure/case.ts";

const messages = 10_000;

/** What the outbox itself costs, on a store that costs next to nothing. */
export const outboxCase: Case = {
  name: "outbox",
  title: "10,000 messages of 100 characters to 16 destinations, enqueued and delivered, in memory",
  columns: ["messages/s"],
  raw: "the store's methods alone",
  process: "case",
  entries: [
    {
      name: "the store's methods alone",
      kind: "raw",
      count: messages,
      measure: (count) => storeRate(memoryOutboxStore(), count),
    },
    {
      name: "outbox",
      kind: "ours",
      count: messages,
      measure: (count) => outboxRate(memoryOutboxStore(), count),
    },
  ],
  targets: [],
};
