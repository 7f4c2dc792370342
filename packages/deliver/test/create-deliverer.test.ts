import { expect, test } from "vitest";
import type { Destination, OutMessage, Part, SendContext, Transport } from "../src/index.ts";
import { createDeliverer, DeliverError, SendError } from "../src/index.ts";

const message: OutMessage = { key: "k", text: "the secret text" };

function transport(name: string, send: Transport["send"] = async () => {}): Transport {
  return { name, send };
}

test("createDeliverer() selects the transport by the destination's channel", async () => {
  const sent: unknown[] = [];
  const deliverer = createDeliverer([
    transport("a", () => expect.unreachable()),
    transport("b", async (...call) => void sent.push(call)),
  ]);
  const destination: Destination = { channel: "b", to: "x", thread: "7", replyTo: "8" };
  expect(await deliverer.deliver(destination, message)).toEqual({
    status: "delivered",
    parts: [{ index: 0, status: "sent", attempts: 1 }],
    notes: [],
  });
  const part = { index: 0, of: 1, key: "k/0", text: message.text, files: [], message };
  expect(sent).toEqual([[destination, part, { signal: expect.any(AbortSignal), attempt: 1 }]]);
});

test("createDeliverer() rejects an unknown channel with DELIVER_UNKNOWN_CHANNEL naming it and the known ones", async () => {
  const deliverer = createDeliverer([transport("file"), transport("desk")]);
  await expect(deliverer.deliver({ channel: "sl\u001b[31mack", to: "" }, message)).rejects.toMatchObject({
    code: "DELIVER_UNKNOWN_CHANNEL",
    message: 'Cannot deliver to channel "slack": no transport has that name, there is "file", "desk"',
  });
  await expect(
    createDeliverer([]).deliver({ channel: "constructor", to: "" }, message),
  ).rejects.toMatchObject({
    message: 'Cannot deliver to channel "constructor": no transport has that name, there is none',
  });
});

test("createDeliverer() turns a failed send into a failed receipt with the transport's own line", async () => {
  const failing = transport("a", () =>
    Promise.reject(new SendError("Cannot ring the bell", { applied: "no", permanent: true })),
  );
  expect(await createDeliverer(failing).deliver({ channel: "a", to: "" }, message)).toEqual({
    status: "failed",
    parts: [{ index: 0, status: "failed", attempts: 1, error: "Cannot ring the bell" }],
    notes: [],
  });
});

test("createDeliverer() keeps the message of a foreign error out of the receipt", async () => {
  const errors = [
    Object.assign(new Error(`refused: ${message.text}`), { code: "ECONNRESET" }),
    new RangeError(message.text),
    message.text,
    undefined,
  ];
  const lines: unknown[] = [];
  for (const error of errors) {
    const failing = transport("a", () => Promise.reject(error));
    const receipt = await createDeliverer(failing).deliver({ channel: "a", to: "" }, message);
    lines.push(receipt.parts[0]?.error);
  }
  expect(lines).toEqual([
    'Cannot deliver to channel "a": ECONNRESET',
    'Cannot deliver to channel "a": RangeError',
    'Cannot deliver to channel "a": unknown reason',
    'Cannot deliver to channel "a": unknown reason',
  ]);
});

test("createDeliverer() says unknown when a transport fails with a foreign error, also before it returns a promise", async () => {
  const failing = transport("a", () => {
    throw new TypeError("broken");
  });
  expect(await createDeliverer(failing).deliver({ channel: "a", to: "" }, message)).toMatchObject({
    status: "unknown",
    parts: [{ status: "unknown", attempts: 1, error: 'Cannot deliver to channel "a": TypeError' }],
  });
});

test("createDeliverer() passes a transport's refusal through, also from another copy of the package", async () => {
  const foreign = Object.assign(new Error("no"), { code: "DELIVER_UNSAFE_NAME" });
  for (const refusal of [new DeliverError("DELIVER_UNSAFE_PATH", "no"), foreign]) {
    const refusing = transport("a", () => Promise.reject(refusal));
    await expect(createDeliverer(refusing).deliver({ channel: "a", to: "" }, message)).rejects.toBe(refusal);
  }
});

test("createDeliverer() tells the logger the error behind a try that failed, and survives a logger that throws", async () => {
  const error = new Error("socket gone");
  const failing = transport("a", () => Promise.reject(error));
  const told: unknown[] = [];
  const logger = {
    warn(context: object, text: string): void {
      told.push([context, text]);
      throw new Error("disk full");
    },
  };
  const receipt = await createDeliverer(failing, { logger }).deliver({ channel: "a", to: "" }, message);
  expect(receipt.status).toBe("unknown");
  expect(told).toEqual([[{ error }, 'Cannot deliver to channel "a"']]);
});

test("createDeliverer() rejects with the reason of an aborted signal and sends nothing", async () => {
  const reason = new Error("shutting down");
  const deliverer = createDeliverer(transport("a", () => expect.unreachable()));
  const signal = AbortSignal.abort(reason);
  await expect(deliverer.deliver({ channel: "?", to: "" }, message, { signal })).rejects.toBe(reason);
});

test("createDeliverer() rejects with the abort's reason once the transport has cleaned up", async () => {
  const order: string[] = [];
  const reason = new Error("cancelled");
  const controller = new AbortController();
  const slow = async (_: Destination, __: Part, { signal }: SendContext): Promise<void> => {
    queueMicrotask(() => controller.abort(reason));
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await Promise.resolve();
    order.push("cleaned up");
    throw new Error("stopped");
  };
  const delivery = createDeliverer(transport("a", slow)).deliver(
    { channel: "a", to: "" },
    message,
    controller,
  );
  await expect(delivery.finally(() => order.push("settled"))).rejects.toBe(reason);
  expect(order).toEqual(["cleaned up", "settled"]);
});

test("createDeliverer() says delivered when the send was done in spite of an abort", async () => {
  const controller = new AbortController();
  const done = transport("a", async () => controller.abort());
  const receipt = await createDeliverer(done).deliver({ channel: "a", to: "" }, message, controller);
  expect(receipt.status).toBe("delivered");
});

test("createDeliverer() throws for a transport without a name or send, and for two of one name", () => {
  expect(() => createDeliverer(transport(""))).toThrow(
    new TypeError("Cannot create deliverer: 'name' of a transport must be a non-empty string: received \"\""),
  );
  expect(() => createDeliverer(undefined as unknown as Transport)).toThrow(TypeError);
  expect(() => createDeliverer({ name: "a" } as Transport)).toThrow(
    new TypeError("Cannot create deliverer: 'send' of transport \"a\" must be a function"),
  );
  expect(() => createDeliverer([transport("a"), transport("a")])).toThrow(
    new RangeError("Cannot create deliverer: 'transports' must have distinct names: two are \"a\""),
  );
});

test("createDeliverer() makes one clean line of what a transport says", async () => {
  const said = new SendError("Cannot post:\r\n  \u001b[2Jbad\tgateway", {
    applied: "no",
    permanent: true,
  });
  const failing = transport("a", () => Promise.reject(said));
  const receipt = await createDeliverer(failing).deliver({ channel: "a", to: "" }, message);
  expect(receipt.parts[0]?.error).toBe("Cannot post: bad gateway");
});
