import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createDeliverer, outFile } from "../src/index.ts";
import type { WebhookEndpoint } from "../src/webhook.ts";
import { webhookTransport } from "../src/webhook.ts";
import type { Received } from "./local-server.ts";
import { answer, local, startServer } from "./local-server.ts";
import { sendOne } from "./send-one.ts";

const here = { channel: "webhook", to: "desk", thread: "7" };
const message = { key: "run-1/0", text: "Hello <@1> 🦊" };
const secret = `whsec_${Buffer.from("0123456789abcdef01234567").toString("base64")}`;

test("webhookTransport() posts a part as JSON with its files in base64", async () => {
  const server = await startServer();
  const transport = webhookTransport({ endpoints: { desk: { url: server.url } }, ...local });
  const files = [{ ...outFile("a.txt", "bytes"), alt: "What it shows" }];
  await sendOne(transport, here, { ...message, files });
  const { headers, body } = server.received[0] as Received;
  expect(headers["content-type"]).toBe("application/json");
  expect(headers["webhook-signature"]).toBeUndefined();
  expect(JSON.parse(body.toString())).toEqual({
    type: "message",
    data: {
      key: "run-1/0",
      index: 0,
      of: 1,
      to: "desk",
      thread: "7",
      format: "plain",
      text: message.text,
      files: [{ name: "a.txt", mediaType: "text/plain", size: 5, alt: "What it shows", base64: "Ynl0ZXM=" }],
    },
  });
});

test("webhookTransport() signs the raw body as Standard Webhooks has it, with one id for all tries", async () => {
  const server = await startServer();
  server.responses.push(answer(503));
  let now = 1_790_000_000_000;
  const clock = (): number => (now += 1_000);
  const transport = webhookTransport({ endpoints: () => ({ url: server.url, secret }), ...local, clock });
  const deliverer = createDeliverer(transport, { random: () => 0 });
  expect((await deliverer.deliver(here, { ...message, key: "k\r\n.é" })).status).toBe("delivered");
  const sent = server.received.map(({ headers, body }) => {
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
    const content = `${String(id)}.${String(timestamp)}.${body.toString()}`;
    const expected = createHmac("sha256", "0123456789abcdef01234567").update(content).digest("base64");
    expect(signature).toBe(`v1,${expected}`);
    expect(id).toMatch(/^msg_[\w-]{27}$/);
    return { id, timestamp, body: body.toString() };
  });
  expect(sent).toHaveLength(2);
  expect(sent[1]).toMatchObject({ id: sent[0]?.id, body: sent[0]?.body });
  expect(sent[1]?.timestamp).not.toBe(sent[0]?.timestamp);
});

test("webhookTransport() rejects a `to` without an endpoint with DELIVER_UNKNOWN_ADDRESS", async () => {
  const expected = {
    code: "DELIVER_UNKNOWN_ADDRESS",
    message: 'Cannot deliver to "constructor": no address is known for it',
  };
  for (const endpoints of [{}, () => undefined]) {
    const deliverer = createDeliverer(webhookTransport({ endpoints }));
    await expect(deliverer.deliver({ ...here, to: "constructor" }, message)).rejects.toMatchObject(expected);
  }
});

test("webhookTransport() keeps text and files of a body within maxBodyBytes, whatever they are", async () => {
  const server = await startServer();
  const transport = webhookTransport({
    endpoints: { desk: { url: server.url } },
    ...local,
    maxBodyBytes: 65_536,
  });
  const deliverer = createDeliverer(transport);
  const files = ["a", "b", "c"].map((name) => outFile(name, new Uint8Array(18_000)));
  const text = `${"\u0001".repeat(20_000)}${"🦊".repeat(10_000)}`;
  const receipt = await deliverer.deliver(here, { ...message, text, files });
  expect(receipt.status).toBe("delivered");
  expect(Math.max(...server.received.map(({ body }) => body.length))).toBeLessThanOrEqual(65_536 + 1_024);
  const data = server.received.map(({ body }) => JSON.parse(body.toString()).data);
  expect(data.map((part) => part.text).join("")).toBe(text);
  expect(data.flatMap((part) => part.files)).toHaveLength(3);
});

test.each(["whsec_short", "0123456789abcdef01234567", "whsec_%%%", "", 7])(
  "webhookTransport() rejects a secret that is none, without showing it (%#)",
  async (bad) => {
    const endpoint = { url: "https://127.0.0.1/", secret: bad } as WebhookEndpoint;
    const what = 'must be "whsec_" and 24 to 64 bytes in base64: received ';
    expect(() => webhookTransport({ endpoints: { desk: endpoint }, ...local })).toThrow(
      new TypeError(
        `Cannot create webhook transport: 'secret' of endpoint "desk" ${what}${bad === 7 ? "7" : "another string"}`,
      ),
    );
    const transport = webhookTransport({ endpoints: () => endpoint, ...local });
    const receipt = await createDeliverer(transport).deliver(here, message);
    expect(receipt).toMatchObject({
      status: "failed",
      parts: [
        { attempts: 1, error: expect.stringMatching(/^Cannot sign: 'secret' must be "whsec_" and 24 to /) },
      ],
    });
  },
);

test("webhookTransport() throws for endpoints that are none and a body that is too small", () => {
  expect(() => webhookTransport({ endpoints: undefined as never })).toThrow(
    "Cannot create webhook transport: 'endpoints' must be an object or a function: received undefined",
  );
  expect(() => webhookTransport({ endpoints: {}, maxBodyBytes: 1_000 })).toThrow(RangeError);
});

test("webhookTransport() rejects a `to` whose endpoint is null like one that is not there", async () => {
  const transport = webhookTransport({ endpoints: () => null as never });
  await expect(createDeliverer(transport).deliver(here, message)).rejects.toMatchObject({
    code: "DELIVER_UNKNOWN_ADDRESS",
  });
});
