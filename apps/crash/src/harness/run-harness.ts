import { setTimeout as sleep } from "node:timers/promises";
import type { Deliverer } from "@executus/deliver";
import { createHarness, type Harness, type HarnessStore } from "@executus/harness";
import type { Journal } from "../ledger/journal.ts";
import { agentsOf } from "./agents.ts";
import type { HarnessOrder } from "./harness-order.ts";

/** A process that is never killed does not fill the store. */
const maxRuns = 60;
/** So many runs are open at a time. */
const wantedOpen = 6;

/** Makes a harness on the store and runs agents until the process dies, or until nothing is open any more. */
export async function runHarness(order: HarnessOrder, store: HarnessStore, journal: Journal): Promise<void> {
  const reach = deathOf(order, journal);
  const { leaseMs } = order;
  const harness = createHarness({
    agents: agentsOf(journal),
    lanes: { default: { maxConcurrent: 3 } },
    store: watched(store, reach),
    deliver: deliverTo(order.receiver, reach),
    pollMs: 20,
    persist: { leaseMs, maxInterruptions: 1_000 },
    // Short, since the next one has to wait for the end of it.
    outbox: { deadlineMs: leaseMs, leaseMs, pollMs: 20 },
    logger: { warn: () => {} },
  });
  const { resubmitted, finished, failed } = await harness.start();
  journal.note("recovered", "-", resubmitted.length, finished.length, failed.length);
  await (order.task === "load" ? load(harness, order, journal) : drain(store));
  await harness.close({ graceMs: Number.POSITIVE_INFINITY });
}

async function load(harness: Harness, { boot }: HarnessOrder, journal: Journal): Promise<void> {
  let count = 0;
  const submitter = async (): Promise<void> => {
    while (count < maxRuns) {
      const number = (count += 1);
      const agent = number % 2 === 0 ? "again" : "once";
      const options = { caller: `caller-${number % 3}`, destinations: { channel: "http", to: "ada" } };
      const run = await harness.submit(agent, number, options);
      journal.note("accepted", run.id, boot);
      if (number % 7 === 0) await run.cancel();
      if (number % 7 === 0) journal.note("cancelled", run.id);
      await run.result.then(
        () => journal.note("resolved", run.id),
        () => {},
      );
    }
  };
  await Promise.all(Array.from({ length: wantedOpen }, submitter));
}

/** Until every run has ended and every message has arrived. */
async function drain(store: HarnessStore): Promise<void> {
  for (;;) {
    const open = await store.listRuns({ states: ["open"], limit: 1 });
    const unsent = await store.listDeliveries?.({ states: ["queued", "sending"], limit: 1 });
    if (open.length + (unsent?.length ?? 0) === 0) return;
    await sleep(20);
  }
}

/** Dies at the point of the order. */
function deathOf({ death }: HarnessOrder, journal: Journal): (point: string) => void {
  let visits = death?.visit ?? 0;
  return (point) => {
    if (point !== death?.point) return;
    visits -= 1;
    if (visits > 0) return;
    journal.note("point", point);
    process.kill(process.pid, "SIGKILL");
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  };
}

/** The store, with a point before and one after each step. */
function watched(store: HarnessStore, reach: (point: string) => void): HarnessStore {
  return new Proxy(store, {
    get: (target, step: keyof HarnessStore) => {
      const method = target[step] as (...given: readonly unknown[]) => unknown;
      if (step === "openBlob" || typeof method !== "function") return method;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        reach(`${step}:before`);
        const answer = await method(...given);
        reach(`${step}:after`);
        return answer;
      };
    },
  });
}

/** Posts a message, with its key: whoever receives it drops what comes again. */
function deliverTo(receiver: string, reach: (point: string) => void): Deliverer {
  return {
    async deliver(_destination, { key, text, files = [] }, { signal } = {}) {
      const attached = await Promise.all(
        files.map(async (file) => [file.name, await new Response(file.stream()).text()] as const),
      );
      reach("send:before");
      const body = JSON.stringify({ key, text, files: attached });
      await fetch(receiver, { method: "POST", body, signal: signal ?? null });
      reach("send:after");
      return { status: "delivered", parts: [{ index: 0, status: "sent", attempts: 1 }], notes: [] };
    },
    dedupes: async () => true,
  };
}
