import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execPath, platform } from "node:process";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { expect, onTestFinished, test, vi } from "vitest";
import type { SendError } from "../src/index.ts";
import { createDeliverer, outFile } from "../src/index.ts";
import type { HostAddress, WebhookTransportOptions } from "../src/webhook.ts";
import { webhookTransport } from "../src/webhook.ts";
import { certificate } from "./fixtures/test-certificate.ts";
import { answer, local, startServer } from "./local-server.ts";
import { sendOne } from "./send-one.ts";

const here = { channel: "webhook", to: "desk" };
const message = { key: "run-1/0", text: "Hello" };

function post(
  url: string,
  options: Partial<WebhookTransportOptions> = local,
  signal?: AbortSignal,
): Promise<unknown> {
  const transport = webhookTransport({ endpoints: { desk: { url } }, ...options });
  return sendOne(transport, here, message, signal ? { signal } : {});
}

function problem(url: string, options?: Partial<WebhookTransportOptions>): Promise<SendError> {
  return post(url, options).then(
    () => expect.unreachable("it was sent"),
    (error: SendError) => error,
  );
}

/** A name server that gives one answer after the other, and the last one again and again. */
function names(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  return vi.fn<(hostname: string) => Promise<HostAddress[]>>(async () => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  });
}

test.each([
  "http://example.com/",
  "ftp://example.com/",
  "file:///etc/passwd",
  "data:text/plain,a",
  "javascript:alert(1)",
  "https://user@example.com/",
  "https://user:secret@example.com/",
  "https://:secret@example.com/",
  "https://",
  "not a url",
  "",
])("a webhook of %j is refused before any name is asked", async (url) => {
  const lookup = names(["93.184.215.14"]);
  const { code, message: text } = await problem(url, { lookup });
  expect(code).toBe("DELIVER_ADDRESS_REFUSED");
  expect(text).not.toContain("secret");
  expect(lookup).not.toHaveBeenCalled();
});

test.each([
  "127.0.0.1",
  "127.1",
  "0x7f000001",
  "2130706433",
  "0177.0.0.1",
  "１２７.０.０.１",
  "127。0。0。1",
  "0.0.0.0",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "100.64.0.1",
  "169.254.169.254",
  "192.0.0.1",
  "198.18.0.1",
  "203.0.113.7",
  "224.0.0.1",
  "255.255.255.255",
  "[::]",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:8.8.8.8]",
  "[::7f00:1]",
  "[::8.8.8.8]",
  "[64:ff9b::7f00:1]",
  "[64:ff9b::8.8.8.8]",
  "[64:ff9b:1::1]",
  "[2002:7f00:1::]",
  "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
  "[2001:db8::1]",
  "[fc00::1]",
  "[fd12:3456::1]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
  "[100::1]",
  "[3fff::1]",
])("a webhook to %s is refused before it connects", async (host) => {
  const lookup = names(["93.184.215.14"]);
  expect((await problem(`https://${host}/`, { lookup })).code).toBe("DELIVER_ADDRESS_REFUSED");
  expect(lookup).not.toHaveBeenCalled();
});

test.each([
  ["localhost", ["127.0.0.1"]],
  ["localhost.", ["::1"]],
  ["both.test", ["93.184.215.14", "10.0.0.1"]],
  ["six.test", ["2606:2800:21f::1", "fe80::1"]],
  ["zone.test", ["fe80::1%eth0"]],
  ["odd.test", ["not an address"]],
])("a webhook to %s is refused when any of its addresses is not public", async (host, addresses) => {
  const { code, message: text } = await problem(`https://${host}/`, { lookup: names(addresses) });
  expect([code, text]).toEqual([
    "DELIVER_ADDRESS_REFUSED",
    `Cannot post: the address is refused, "${host}" is not a public one`,
  ]);
});

test("a webhook connects to the address that was checked, although the name leads elsewhere by then", async () => {
  const server = await startServer();
  const lookup = names(["127.0.0.1"], ["127.0.0.2"]);
  await post(`http://hooks.test:${server.port}/`, { ...local, lookup });
  expect(lookup.mock.calls).toEqual([["hooks.test"]]);
  expect(server.received[0]?.headers["host"]).toBe(`hooks.test:${server.port}`);
});

test("a webhook over https connects to the checked address, and checks the certificate for the name", async () => {
  const before = getCACertificates("default");
  onTestFinished(() => setDefaultCACertificates(before));
  const server = await startServer("https");
  const lookup = names(["127.0.0.1"]);
  const untrusted = await problem(`https://hooks.test:${server.port}/`, { ...local, lookup });
  expect([untrusted.applied, server.received.length]).toEqual(["no", 0]);
  setDefaultCACertificates([...before, certificate]);
  await post(`https://hooks.test:${server.port}/`, { ...local, lookup });
  const otherName = await problem(`https://other.test:${server.port}/`, { ...local, lookup });
  expect([otherName.message, otherName.applied]).toEqual(["Cannot post: ERR_TLS_CERT_ALTNAME_INVALID", "no"]);
  expect(server.received).toHaveLength(1);
  const both = { allowAddress: () => true, lookup: names(["::1", "127.0.0.1"]) };
  await post(`https://hooks.test:${server.port}/`, both);
  expect(server.received).toHaveLength(2);
});

test("a webhook follows no redirect", async () => {
  const [server, hidden] = [await startServer(), await startServer()];
  for (const status of [301, 302, 303, 307, 308]) {
    server.responses.push(answer(status, { location: hidden.url }));
    expect(await problem(server.url)).toMatchObject({
      message: `Cannot post: the answer is ${status}, and redirects are not followed`,
      applied: "no",
      permanent: true,
    });
  }
  expect(hidden.received).toEqual([]);
});

test.each([400, 401, 403, 404, 405, 410, 413, 415, 422])(
  "a webhook that answers %d has failed for good",
  async (status) => {
    const server = await startServer();
    server.responses.push(answer(status));
    expect(await problem(server.url)).toMatchObject({ applied: "no", permanent: true, status });
  },
);

test.each([408, 425, 429])(
  "a webhook that answers %d was not applied, and may be tried again",
  async (status) => {
    const server = await startServer();
    server.responses.push(answer(status));
    expect(await problem(server.url)).toMatchObject({ applied: "no", permanent: false, status });
  },
);

test.each([500, 502, 503, 504])("a webhook that answers %d may have been applied", async (status) => {
  const server = await startServer();
  server.responses.push(answer(status, { "retry-after": "3" }));
  expect(await problem(server.url)).toMatchObject({
    applied: "maybe",
    permanent: false,
    retryAfterMs: 3_000,
  });
});

test.each([
  ["2", 2_000],
  ["0", 0],
  ["0.35", 350],
  ["1.0005", 1_001],
  ["Wed, 21 Oct 2026 07:28:10 GMT", 10_000],
  ["Wed, 21 Oct 2026 07:27:00 GMT", 0],
  ["-1", undefined],
  ["soon", undefined],
  ["", undefined],
  ["1e3", undefined],
])("a 429 with Retry-After %j asks for %j ms, by the server's clock", async (value, expected) => {
  const server = await startServer();
  server.responses.push(answer(429, { "retry-after": value, date: "Wed, 21 Oct 2026 07:28:00 GMT" }));
  expect((await problem(server.url)).retryAfterMs).toBe(expected);
});

test("a 429 whose date has no Date beside it is taken by the clock here", async () => {
  const server = await startServer();
  server.responses.push((response) => {
    response.sendDate = false;
    answer(429, { "retry-after": "Wed, 21 Oct 2026 07:28:10 GMT" })(
      response,
      server.received[0] as never,
      null as never,
    );
  });
  const clock = (): number => Date.parse("2026-10-21T07:28:05Z");
  expect((await problem(server.url, { ...local, clock })).retryAfterMs).toBe(5_000);
});

test("a webhook that is applied before its connection dies arrives once where the receiver dedupes, else is unknown", async () => {
  for (const dedupes of [true, false]) {
    const server = await startServer();
    const shown = new Map<unknown, string>();
    const apply: (typeof server.responses)[number] = (response, { headers, body }) => {
      shown.set(headers["webhook-id"], body.toString());
      response.end();
    };
    server.responses.push((_, { headers, body }, request) => {
      shown.set(headers["webhook-id"], body.toString());
      request.socket.destroy();
    }, apply);
    const transport = webhookTransport({ endpoints: { desk: { url: server.url, dedupes } }, ...local });
    const deliverer = createDeliverer(transport, { random: () => 0 });
    const { status, parts } = await deliverer.deliver(here, message);
    expect([status, parts[0]?.attempts, shown.size]).toEqual(
      dedupes ? ["delivered", 2, 1] : ["unknown", 1, 1],
    );
  }
});

test("a webhook to which no connection comes about was not applied", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  expect(await problem(`http://127.0.0.1:${port}/`)).toMatchObject({
    message: "Cannot post: ECONNREFUSED",
    applied: "no",
    permanent: false,
  });
  const lookup = (): Promise<never> => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" }));
  expect(await problem("https://gone.test/", { lookup })).toMatchObject({
    message: 'Cannot find "gone.test": ENOTFOUND',
    applied: "no",
  });
});

test("a webhook that never answers may have been applied when it is stopped, and its connection is closed", async () => {
  const server = await startServer();
  const controller = new AbortController();
  const closed = new Promise((resolve) => {
    server.responses.push((_, __, request) => {
      request.socket.once("close", resolve);
      controller.abort();
    });
  });
  await expect(post(server.url, local, controller.signal)).rejects.toMatchObject({
    message: "Cannot post: stopped before there was an answer",
    applied: "maybe",
  });
  await closed;
});

test("a webhook's answer is read up to 64 KiB, and its connection is closed", async () => {
  const server = await startServer();
  let sent = 0;
  const closed = new Promise((resolve) => {
    server.responses.push((response, _, request) => {
      request.socket.once("close", resolve);
      const write = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536))) sent += 65_536;
      };
      response.on("drain", write);
      response.on("error", () => {});
      write();
    });
  });
  await post(server.url);
  await closed;
  expect(sent).toBeLessThan(64 * 1_048_576);
});

test("a webhook whose answer's body never ends is sent all the same", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  server.responses.push((response) => void response.writeHead(200).write("o"));
  const sending = post(server.url);
  await vi.waitUntil(() => vi.getTimerCount() > 0);
  await vi.advanceTimersByTimeAsync(5_000);
  await expect(sending).resolves.toEqual(undefined);
});

test("a webhook whose connection dies within the answer's body is sent all the same", async () => {
  const server = await startServer();
  server.responses.push((response) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("ok", () => response.destroy());
  });
  await expect(post(server.url)).resolves.toEqual(undefined);
});

test("a webhook whose connection is reset within the answer's body is sent all the same", async () => {
  const server = await startServer();
  server.responses.push((response, _, request) => {
    response.writeHead(200, { "content-length": "10" });
    response.write("ok", () => request.socket.resetAndDestroy());
  });
  await expect(post(server.url)).resolves.toEqual(undefined);
});

test("a webhook that wants to speak another protocol settles, and may have been applied", async () => {
  const server = await startServer();
  server.responses.push((response, _, { socket }) => {
    response.detachSocket(socket);
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
  });
  expect(await problem(server.url)).toMatchObject({ message: "Cannot post: NoAnswer", applied: "maybe" });
});

test("a webhook that is stopped while its name is looked up was not applied", async () => {
  const controller = new AbortController();
  const lookup = (): Promise<never> => {
    controller.abort();
    return new Promise(() => {});
  };
  await expect(post("https://slow.test/", { lookup }, controller.signal)).rejects.toMatchObject({
    message: "Cannot post: stopped before there was an answer",
    applied: "no",
  });
  await expect(post("https://slow.test/", {}, AbortSignal.abort())).rejects.toMatchObject({ applied: "no" });
});

test("receipts and errors hold neither a webhook's address nor what it answered", async () => {
  const server = await startServer();
  server.responses.push(answer(403, { "x-secret": "s3cret" }, "s3cret"));
  const transport = webhookTransport({
    endpoints: { desk: { url: `${server.url}s3cret?t=s3cret` } },
    ...local,
  });
  const receipt = await createDeliverer(transport).deliver(here, message);
  expect(JSON.stringify(receipt)).not.toMatch(/s3cret|127\.0\.0\.1/);
  const refusing = webhookTransport({ endpoints: { desk: { url: "http://10.0.0.1/s3cret" } } });
  await expect(createDeliverer(refusing).deliver(here, message)).rejects.toMatchObject({
    message: 'Cannot post: the address is refused, "http:" is not allowed, only "https:"',
  });
});

test("a file that does not give its size fails the webhook before anything is posted", async () => {
  const server = await startServer();
  const transport = webhookTransport({ endpoints: { desk: { url: server.url } }, ...local });
  for (const [data, gave] of [
    ["abc", "more than its 2 bytes"],
    ["a", "1 of its 2 bytes"],
  ] as const) {
    const files = [{ ...outFile("a.txt", data), size: 2 }];
    await expect(sendOne(transport, here, { ...message, files })).rejects.toMatchObject({
      message: `Cannot read "a.txt": its stream gave ${gave}`,
      applied: "no",
      permanent: true,
    });
  }
  expect(server.received).toEqual([]);
});

test("a webhook to which one of its addresses does not answer goes to the next, which was checked as well", async () => {
  const server = await startServer();
  const allowAddress = (address: string): boolean => address === "::1" || address === "127.0.0.1";
  await post(`http://desk.test:${server.port}/`, {
    allowHttp: true,
    allowAddress,
    lookup: names(["::1", "127.0.0.1"]),
  });
  expect(server.received).toHaveLength(1);
});

test.runIf(platform === "linux")(
  "a webhook waits for an address that takes its time before it goes to the next",
  async () => {
    const child = spawn(execPath, [join(import.meta.dirname, "fixtures/slow-server.ts")]);
    onTestFinished(() => void child.kill());
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    // As many as wait there at most: the next one is not even answered.
    const waiting = [1, 2].map(() => connect(Number(port), "127.0.0.1"));
    onTestFinished(() => waiting.forEach((socket) => socket.destroy()));
    await Promise.all(waiting.map((socket) => once(socket, "connect")));
    const lookup = names(["127.0.0.1", "::1"]);
    const posted = post(`http://desk.test:${String(port)}/`, {
      allowHttp: true,
      allowAddress: () => true,
      lookup,
    });
    await expect(posted).resolves.not.toThrow();
  },
);

test("a file whose stream gives something else than bytes fails the webhook before anything is posted", async () => {
  const server = await startServer();
  const transport = webhookTransport({ endpoints: { desk: { url: server.url } }, ...local });
  const file = { ...outFile("a.txt", "abc"), stream: () => new ReadableStream({ start: giveText }) };
  const receipt = await createDeliverer(transport).deliver(here, { ...message, files: [file] });
  expect(receipt.parts[0]?.error).toBe('Cannot read "a.txt": its stream gave something else than bytes');
  expect(server.received).toEqual([]);
});

function giveText(controller: ReadableStreamDefaultController): void {
  controller.enqueue("abc");
  controller.close();
}
