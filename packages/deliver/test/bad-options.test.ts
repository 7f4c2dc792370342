import { expect, test } from "vitest";
import { discordTransport } from "../src/discord.ts";
import type { Destination, OutMessage, Transport } from "../src/index.ts";
import {
  createDeliverer,
  discard,
  memoryDedupeStore,
  outFile,
  plan,
  SendError,
  splitText,
  stdout,
} from "../src/index.ts";
import { createOutbox, memoryOutboxStore } from "../src/outbox.ts";
import { slackTransport } from "../src/slack.ts";
import { webhookTransport } from "../src/webhook.ts";

/** Calls as JavaScript lets them be made. */
type Loose = (...given: readonly unknown[]) => unknown;

const here: Destination = { channel: "chat", to: "room" };
const message: OutMessage = { key: "run-1/0", text: "Hello" };
const transport: Transport = { name: "chat", send: async () => {} };
const loose = (call: unknown): Loose => call as Loose;
const method = (owner: object, name: string): Loose =>
  ((owner as Record<string, Loose>)[name] as Loose).bind(owner);
const outbox = (): object => createOutbox({ store: memoryOutboxStore() });
const webhook = (options: object): unknown => loose(webhookTransport)({ endpoints: {}, ...options });

const cases: readonly (readonly [call: string, run: () => unknown, message: string])[] = [
  [
    "createDeliverer(transport, null)",
    () => loose(createDeliverer)(transport, null),
    "Cannot create deliverer: 'options' must be an object: received null",
  ],
  [
    "createDeliverer() with a store that is none",
    () => loose(createDeliverer)(transport, { store: {} }),
    "Cannot create deliverer: 'store.claimPart' must be a function: received undefined",
  ],
  [
    "createDeliverer() with a store of null",
    () => loose(createDeliverer)(transport, { store: null }),
    "Cannot create deliverer: 'store.claimPart' must be a function: received undefined",
  ],
  [
    "createDeliverer() with a retry of null",
    () => loose(createDeliverer)(transport, { retry: null }),
    "Cannot create deliverer: 'retry' must be an object: received null",
  ],
  [
    "createDeliverer() with a clock that is none",
    () => loose(createDeliverer)(transport, { clock: 5 }),
    "Cannot create deliverer: 'clock' must be a function: received 5",
  ],
  [
    "createDeliverer() with a random that is none",
    () => loose(createDeliverer)(transport, { random: 5 }),
    "Cannot create deliverer: 'random' must be a function: received 5",
  ],
  [
    "createDeliverer() with a logger that is none",
    () => loose(createDeliverer)(transport, { logger: {} }),
    "Cannot create deliverer: 'logger.warn' must be a function: received undefined",
  ],
  [
    "deliver(destination, message, null)",
    () => method(createDeliverer(transport), "deliver")(here, message, null),
    "Cannot deliver: 'options' must be an object: received null",
  ],
  [
    "deliver() with a previous that is none",
    () => method(createDeliverer(transport), "deliver")(here, message, { previous: 5 }),
    "Cannot deliver: 'previous' must be an array: received 5",
  ],
  [
    "deliver() with an onPart that is none",
    () => method(createDeliverer(transport), "deliver")(here, message, { onPart: 5 }),
    "Cannot deliver: 'onPart' must be a function: received 5",
  ],
  [
    "deliver() with a resend that is none",
    () => method(createDeliverer(transport), "deliver")(here, message, { resend: "no" }),
    "Cannot deliver: 'resend' must be a boolean: received \"no\"",
  ],
  [
    "deliver() of a file whose alt is no string",
    () => {
      const files = [{ ...outFile("a", "b"), alt: 5 }];
      return method(createDeliverer(transport), "deliver")(here, { ...message, files });
    },
    "Cannot deliver: 'message.files[0].alt' must be a string: received 5",
  ],
  [
    "dedupes()",
    () => method(createDeliverer(transport), "dedupes")(),
    "Cannot deliver: 'destination' must be an object: received undefined",
  ],
  [
    "discard.deliver(destination, message, null)",
    () => method(discard, "deliver")(here, message, null),
    "Cannot deliver: 'options' must be an object: received null",
  ],
  [
    "stdout(null)",
    () => loose(stdout)(null),
    "Cannot create stdout: 'options' must be an object: received null",
  ],
  ["plan(null)", () => loose(plan)(null, {}), "Cannot deliver: 'message' must be an object: received null"],
  [
    "plan(message)",
    () => loose(plan)(message),
    "Cannot deliver: 'caps' of transport \"planned for\" must be an object: received undefined",
  ],
  [
    "plan() with a measure that is none",
    () => loose(plan)(message, { measure: "words" }),
    'Cannot deliver: \'measure\' of transport "planned for" must be "utf16", "codepoints" or "utf8": received "words"',
  ],
  [
    "plan() with a dedupe that is none",
    () => loose(plan)(message, { dedupe: true }),
    'Cannot deliver: \'dedupe\' of transport "planned for" must be "none" or "key": received true',
  ],
  [
    "plan(message, caps, null)",
    () => loose(plan)(message, {}, null),
    "Cannot deliver: 'render' must be a function: received null",
  ],
  [
    "splitText(text, limit, null)",
    () => loose(splitText)("text", 64, null),
    "Cannot split text: 'options' must be an object: received null",
  ],
  [
    "memoryDedupeStore(null)",
    () => loose(memoryDedupeStore)(null),
    "Cannot create dedupe store: 'options' must be an object: received null",
  ],
  [
    "memoryDedupeStore() with a clock that is none",
    () => loose(memoryDedupeStore)({ clock: 5 }),
    "Cannot create dedupe store: 'clock' must be a function: received 5",
  ],
  [
    "purgeParts()",
    () => method(memoryDedupeStore(), "purgeParts")(),
    "Cannot purge parts: 'purge' must be an object: received undefined",
  ],
  [
    "new SendError() without options",
    () => Reflect.construct(SendError, ["no"]),
    "Cannot make SendError: 'options' must be an object: received undefined",
  ],
  [
    "new SendError() that does not say what was applied",
    () => Reflect.construct(SendError, ["no", {}]),
    'Cannot make SendError: \'applied\' must be "no" or "maybe": received undefined',
  ],
  [
    "webhookTransport()",
    () => loose(webhookTransport)(),
    "Cannot create webhook transport: 'options' must be an object: received undefined",
  ],
  [
    "slackTransport(null)",
    () => loose(slackTransport)(null),
    "Cannot create Slack transport: 'options' must be an object: received null",
  ],
  [
    "discordTransport(null)",
    () => loose(discordTransport)(null),
    "Cannot create Discord transport: 'options' must be an object: received null",
  ],
  [
    "a webhook's allowHttp that is none",
    () => webhook({ allowHttp: "no" }),
    "Cannot create webhook transport: 'allowHttp' must be a boolean: received \"no\"",
  ],
  [
    "a webhook's allowAddress that is none",
    () => webhook({ allowAddress: true }),
    "Cannot create webhook transport: 'allowAddress' must be a function: received true",
  ],
  [
    "a webhook's lookup that is none",
    () => webhook({ lookup: "dns" }),
    "Cannot create webhook transport: 'lookup' must be a function: received \"dns\"",
  ],
  [
    "a webhook's clock that is none",
    () => webhook({ clock: 5 }),
    "Cannot create webhook transport: 'clock' must be a function: received 5",
  ],
  [
    "a webhook's endpoint that is its address alone",
    () => loose(webhookTransport)({ endpoints: { desk: "https://desk.test/" } }),
    'Cannot create webhook transport: endpoint "desk" must be an object: received string',
  ],
  [
    "a Slack webhook that is an endpoint",
    () => loose(slackTransport)({ webhooks: { desk: { url: "https://desk.test/" } } }),
    'Cannot create Slack transport: webhook "desk" must be a string: received object',
  ],
  [
    "a Discord webhook of null",
    () => loose(discordTransport)({ webhooks: { desk: null } }),
    'Cannot create Discord transport: webhook "desk" must be a string: received null',
  ],
  [
    "a Slack webhook without its name",
    () => loose(slackTransport)({ webhooks: "https://hooks.slack.com/services/T0/B0/token" }),
    "Cannot create Slack transport: 'webhooks' must be an object or a function: received a string",
  ],
  [
    "a Discord webhook without an option",
    () => loose(discordTransport)("https://discord.com/api/webhooks/1/token"),
    "Cannot create Discord transport: 'options' must be an object: received a string",
  ],
  [
    "memoryOutboxStore(null)",
    () => loose(memoryOutboxStore)(null),
    "Cannot create outbox store: 'options' must be an object: received null",
  ],
  [
    "memoryOutboxStore() with a clock that is none",
    () => loose(memoryOutboxStore)({ clock: 5 }),
    "Cannot create outbox store: 'clock' must be a function: received 5",
  ],
  [
    "createOutbox()",
    () => loose(createOutbox)(),
    "Cannot create outbox: 'options' must be an object: received undefined",
  ],
  [
    "createOutbox() with a store that lacks a method",
    () => loose(createOutbox)({ store: { claimDelivery: () => {} } }),
    "Cannot create outbox: 'store.recordDeliveries' must be a function: received undefined",
  ],
  [
    "createOutbox() with a deliverer of null",
    () => loose(createOutbox)({ store: memoryOutboxStore(), deliverer: null }),
    "Cannot create outbox: 'deliverer.deliver' must be a function: received undefined",
  ],
  [
    "createOutbox() with a retry that is none",
    () => loose(createOutbox)({ store: memoryOutboxStore(), retry: 5 }),
    "Cannot create outbox: 'retry' must be an object: received 5",
  ],
  [
    "createOutbox() with an onEvent that is none",
    () => loose(createOutbox)({ store: memoryOutboxStore(), onEvent: 5 }),
    "Cannot create outbox: 'onEvent' must be a function: received 5",
  ],
  [
    "enqueue(destination, message, null)",
    () => method(outbox(), "enqueue")(here, message, null),
    "Cannot deliver: 'options' must be an object: received null",
  ],
  [
    "settled(key, null)",
    () => method(outbox(), "settled")("run-1/0/0", null),
    "Cannot wait for \"run-1/0/0\": 'options' must be an object: received null",
  ],
  [
    "settled() with a signal that is none",
    () => method(outbox(), "settled")("run-1/0/0", { signal: 5 }),
    "Cannot wait for \"run-1/0/0\": 'signal' must be an AbortSignal: received 5",
  ],
  [
    "list(null)",
    () => method(outbox(), "list")(null),
    "Cannot list deliveries: 'filter' must be an object: received null",
  ],
  [
    "purge()",
    () => method(outbox(), "purge")(),
    "Cannot purge the outbox: 'purge' must be an object: received undefined",
  ],
  [
    "close(null)",
    () => method(outbox(), "close")(null),
    "Cannot close the outbox: 'options' must be an object: received null",
  ],
  [
    "recordDeliveries([null])",
    () => method(memoryOutboxStore(), "recordDeliveries")([null]),
    "Cannot record deliveries: 'deliveries[0]' must be an object: received null",
  ],
  [
    "settleDelivery()",
    () => method(memoryOutboxStore(), "settleDelivery")(),
    "Cannot settle delivery: 'settlement' must be an object: received undefined",
  ],
];

test.each(cases)(
  "%s is one TypeError that names the action, the argument and the value",
  async (_, run, text) => {
    const failure = await (async () => run())().then(
      (value) => value,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TypeError);
    expect((failure as TypeError).message).toBe(text);
  },
);
