import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { fileTransport } from "../src/file.ts";
import type { OutFile, Transport } from "../src/index.ts";
import { createDeliverer, outFile } from "../src/index.ts";
import { createOutbox, memoryOutboxStore } from "../src/outbox.ts";
import { webhookTransport } from "../src/webhook.ts";
import { local, startServer } from "./local-server.ts";
import { temporaryRoot } from "./temporary-root.ts";

/** As bytes are that come out of a sandbox. */
const foreign = (): Uint8Array => runInNewContext("new Uint8Array([97, 98, 99])") as Uint8Array;
const file: OutFile = { ...outFile("a.txt", "abc"), stream: () => ReadableStream.from([foreign()]) };

async function deliver(transport: Transport, to: string): Promise<string> {
  const message = { key: "run-1/0", text: "", files: [file] };
  return (await createDeliverer(transport).deliver({ channel: transport.name, to }, message)).status;
}

test("outFile() takes bytes of another realm", async () => {
  expect(foreign()).not.toBeInstanceOf(Uint8Array);
  expect(await new Response(outFile("a.txt", foreign()).stream()).text()).toBe("abc");
});

test("a webhook posts a file whose bytes are of another realm", async () => {
  const server = await startServer();
  expect(
    await deliver(webhookTransport({ endpoints: { desk: { url: server.url } }, ...local }), "desk"),
  ).toBe("delivered");
  expect(String(server.received[0]?.body)).toContain('"base64":"YWJj"');
});

test("fileTransport() writes a file whose bytes are of another realm", async () => {
  const root = await temporaryRoot();
  expect(await deliver(fileTransport({ root }), ".")).toBe("delivered");
  expect(await readFile(join(root, "a.txt"), "utf8")).toBe("abc");
});

test("enqueue() copies a file whose bytes are of another realm", async () => {
  const outbox = createOutbox({ store: memoryOutboxStore() });
  const [key = ""] = await outbox.enqueue(
    { channel: "chat", to: "room" },
    { key: "run-1/0", text: "", files: [file] },
  );
  const [kept] = (await outbox.get(key))?.files ?? [];
  expect(await new Response(kept?.stream()).text()).toBe("abc");
});
