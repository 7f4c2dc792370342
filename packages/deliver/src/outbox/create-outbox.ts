import { requireObject, requireSignal } from "../check-options.ts";
import type { Destination, DeliverOptions } from "../deliverer.ts";
import { requireDelivery } from "../deliverer.ts";
import { DeliverError } from "../errors.ts";
import type { OutMessage } from "../message.ts";
import { show } from "../show.ts";
import { requireWhole } from "../store-arguments.ts";
import { untilAborted } from "../until-aborted.ts";
import { copyFiles } from "./copy-files.ts";
import { createDispatcher } from "./dispatcher.ts";
import { entryOf, isEnded } from "./entry.ts";
import type { Outbox, OutboxEntry } from "./outbox.ts";
import type { OutboxOptions } from "./outbox-options.ts";
import { readOutboxOptions } from "./outbox-options.ts";
import type { DeliveryRow, NewDelivery } from "./outbox-store.ts";
import { purgeMessages } from "./purge-messages.ts";
import { destinationKey, recordingOf } from "./recorded-message.ts";

/**
 * Makes an outbox: a reply is recorded before it is sent, so that no crash loses it, and sent again only where a repeat arrives
 * once. Nothing is sent before `start()`.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const settings = readOutboxOptions(options);
  const { store, emit, pollMs } = settings;
  const dispatcher = createDispatcher(settings);

  async function enqueue(
    destinations: Destination | readonly Destination[],
    message: OutMessage,
    options: Pick<DeliverOptions, "signal"> = {},
  ): Promise<readonly string[]> {
    dispatcher.requireOpen("enqueue");
    requireObject(options, "Cannot deliver: 'options'");
    const { signal } = options;
    const list = [destinations].flat();
    for (const destination of list) requireDelivery(destination, message, { signal });
    const { deliveries, files } = recordingOf(list, message);
    if (await isRecorded(deliveries)) return deliveries.map(({ key }) => key);
    // What is recorded has its files: they come first.
    await copyFiles(message.files ?? [], files, store, signal);
    const answer = await store.recordDeliveries(deliveries);
    if (!answer.recorded) throw conflict(answer.key);
    for (const { key } of deliveries) emit({ type: "delivery-recorded", at: Date.now(), key });
    dispatcher.add(
      deliveries.map(({ key, digest }, index) => {
        return { key, digest, destination: destinationKey(list[index] as Destination) };
      }),
    );
    return deliveries.map(({ key }) => key);
  }

  /** If there is nothing left to do. Files are not copied again for what may have been delivered and swept. */
  async function isRecorded(deliveries: readonly NewDelivery[]): Promise<boolean> {
    const rows = await Promise.all(deliveries.map(({ key }) => store.getDelivery(key)));
    for (const [index, row] of rows.entries()) {
      if (row && row.digest !== deliveries[index]?.digest) throw conflict(row.key);
    }
    return rows.every((row) => row !== undefined);
  }

  async function requireRow(key: string, action: string): Promise<DeliveryRow> {
    const row = await store.getDelivery(key);
    if (row) return row;
    throw new DeliverError(
      "DELIVER_UNKNOWN_DELIVERY",
      `Cannot ${action} ${show(key)}: there is no such delivery`,
    );
  }

  async function settled(key: string, options: Pick<DeliverOptions, "signal"> = {}): Promise<OutboxEntry> {
    requireObject(options, `Cannot wait for ${show(key)}: 'options'`);
    const { signal } = options;
    requireSignal(signal, `Cannot wait for ${show(key)}`);
    for (;;) {
      signal?.throwIfAborted();
      // Heard before it is read, so that no end gets between.
      const heard = dispatcher.hear(key);
      try {
        const row = await untilAborted(requireRow(key, "wait for"), signal);
        if (isEnded(row)) return entryOf(row, store);
        dispatcher.requireOpen("wait");
        await heard.within(pollMs, signal);
      } finally {
        heard.stop();
      }
    }
  }

  return {
    enqueue,
    settled,
    start: dispatcher.start,
    close: dispatcher.close,
    [Symbol.asyncDispose]: async () => void (await dispatcher.close()),
    async get(key) {
      const row = await store.getDelivery(key);
      return row && entryOf(row, store);
    },
    async list(filter) {
      return (await store.listDeliveries(filter)).map((row) => entryOf(row, store));
    },
    async retry(key) {
      dispatcher.requireOpen("retry");
      if (await store.requeueDelivery(key)) return dispatcher.look();
      const { state } = await requireRow(key, "retry");
      throw new DeliverError("DELIVER_NOT_RETRYABLE", `Cannot retry ${show(key)}: it is ${state}`);
    },
    async purge(purge) {
      requireObject(purge, "Cannot purge the outbox: 'purge'");
      const { olderThanMs } = purge;
      requireWhole(olderThanMs, "Cannot purge the outbox: 'olderThanMs'", 0);
      return await purgeMessages(olderThanMs, settings);
    },
  };
}

function conflict(key: string): DeliverError {
  return new DeliverError(
    "DELIVER_CONFLICT",
    `Cannot enqueue: the key ${show(key)} was used for another message or destination`,
  );
}
