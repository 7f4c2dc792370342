import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import type { Destination } from "../src/index.ts";
import { outFile, stdout } from "../src/index.ts";

const here: Destination = { channel: "stdout", to: "" };

/** A real stream that hands over each chunk's text and its callback, to be called when the test says so. */
function manualStream(): { stream: Writable; taken: { text: string; done: (error?: Error) => void }[] } {
  const taken: { text: string; done: (error?: Error) => void }[] = [];
  const stream = new Writable({
    highWaterMark: 4,
    write: (chunk, _, done) => void taken.push({ text: String(chunk), done }),
  });
  return { stream, taken };
}

function listeners(stream: Writable): number[] {
  return ["error", "close", "drain"].map((event) => stream.listenerCount(event));
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function printed(text: string, files?: Parameters<typeof outFile>[]): Promise<string> {
  let output = "";
  const stream = { write: (chunk: string) => (output += chunk) };
  await stdout({ stream }).deliver(here, { key: "k", text, files: files?.map((file) => outFile(...file)) });
  return output;
}

test("stdout() writes the text with one newline at its end", async () => {
  expect(await printed("one")).toBe("one\n");
  expect(await printed("one\n")).toBe("one\n");
});

test("stdout() strips escape sequences, control and bidi characters", async () => {
  expect(await printed("\u001b[2Ja\tb\u001b]0;title\u0007\u202ec\u009b1m\n\u0000d")).toBe("a\tbc\nd\n");
});

test("stdout() lists files by name and size after the text and notes each as file-dropped", async () => {
  const stream = { write: vi.fn<(text: string) => void>() };
  const files = [outFile("report.md", "12345"), outFile("a\nb\u001b[2J\u202e.txt", "")];
  expect(await stdout({ stream }).deliver(here, { key: "k", text: "done", files })).toEqual({
    status: "delivered",
    parts: [{ index: 0, status: "sent", attempts: 1 }],
    notes: [
      { code: "file-dropped", detail: '"report.md" (5 bytes)' },
      { code: "file-dropped", detail: '"a\\nb.txt" (0 bytes)' },
    ],
  });
  expect(stream.write.mock.calls).toEqual([
    ['done\n\nFiles not delivered here:\n- "report.md" (5 bytes)\n- "a\\nb.txt" (0 bytes)\n'],
  ]);
});

test("stdout() lists the files of a message without text", async () => {
  expect(await printed("", [["a", "b"]])).toBe('Files not delivered here:\n- "a" (1 byte)\n');
});

test("stdout() looks its default stream up when it delivers", async () => {
  const deliverer = stdout();
  const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  try {
    // A replaced write takes no callback: the delivery settles all the same.
    expect((await deliverer.deliver(here, { key: "k", text: "hello" })).status).toBe("delivered");
    expect(write.mock.calls.map(([text]) => text)).toEqual(["hello\n"]);
  } finally {
    write.mockRestore();
  }
});

test("stdout() gives a failed receipt in a runtime without a standard output", async () => {
  vi.stubGlobal("process", undefined);
  try {
    const receipt = await stdout().deliver(here, { key: "k", text: "hello" });
    expect(receipt).toMatchObject({
      status: "failed",
      parts: [{ error: "Cannot write to stdout: this runtime has none" }],
    });
  } finally {
    vi.unstubAllGlobals();
  }
});

test("stdout() waits until a Node stream has passed on all of the text", async () => {
  const { stream, taken } = manualStream();
  const settled = vi.fn<() => void>();
  const delivery = stdout({ stream }).deliver(here, { key: "k", text: "hello" }).finally(settled);
  await turns();
  expect(settled).not.toHaveBeenCalled();
  taken[0]?.done();
  expect((await delivery).status).toBe("delivered");
  expect(listeners(stream)).toEqual([0, 0, 0]);
});

test("stdout() waits for the promise of a stream that returns one", async () => {
  const chunks: string[] = [];
  const sink = { write: async (chunk: string) => void chunks.push(chunk) };
  const writer = new WritableStream<string>(sink).getWriter();
  expect((await stdout({ stream: writer }).deliver(here, { key: "k", text: "a" })).status).toBe("delivered");
  expect(chunks).toEqual(["a\n"]);
});

test("stdout() waits for drain when an emitting stream knows no callback and no length", async () => {
  const { stream } = manualStream();
  const bare = { write: () => false, on: stream.on.bind(stream), off: stream.off.bind(stream) };
  const settled = vi.fn<() => void>();
  const delivery = stdout({ stream: bare }).deliver(here, { key: "k", text: "hello" }).finally(settled);
  await turns();
  expect(settled).not.toHaveBeenCalled();
  stream.emit("drain");
  expect((await delivery).status).toBe("delivered");
});

test("stdout() gives a failed receipt without the text and hears the error event of a failing Node stream", async () => {
  const { stream, taken } = manualStream();
  const delivery = stdout({ stream }).deliver(here, { key: "k", text: "secret" });
  await turns();
  taken[0]?.done(Object.assign(new Error("broken pipe: secret"), { code: "EPIPE" }));
  expect(await delivery).toEqual({
    status: "failed",
    parts: [
      {
        index: 0,
        status: "failed",
        attempts: 1,
        error: "Cannot write to stdout: the reader has closed (EPIPE)",
      },
    ],
    notes: [],
  });
  await turns();
  expect(listeners(stream)).toEqual([0, 0, 0]);
});

test.each(["destroy", "end"] as const)(
  "stdout() gives a failed receipt after %s() of the stream",
  async (how) => {
    const { stream } = manualStream();
    stream[how]();
    await turns();
    const receipt = await stdout({ stream }).deliver(here, { key: "k", text: "hello" });
    expect(receipt.parts[0]?.error).toMatch(
      /^Cannot write to stdout: the stream (is closed|has ended) \(ERR_STREAM_/,
    );
    expect(listeners(stream)).toEqual([0, 0, 0]);
  },
);

test("stdout() gives a failed receipt when the stream is destroyed while it writes", async () => {
  const { stream } = manualStream();
  const delivery = stdout({ stream }).deliver(here, { key: "k", text: "hello" });
  await turns();
  stream.destroy();
  expect((await delivery).parts[0]?.error).toBe(
    "Cannot write to stdout: the stream is closed (ERR_STREAM_DESTROYED)",
  );
  expect(listeners(stream)).toEqual([0, 0, 0]);
});

test("stdout() gives a failed receipt when write throws or its promise rejects", async () => {
  const broken = new Error("secret");
  const throwing = {
    write: () => {
      throw broken;
    },
  };
  const rejecting = { write: () => Promise.reject(broken) };
  for (const stream of [throwing, rejecting, Object.assign(manualStream().stream, throwing)]) {
    const receipt = await stdout({ stream }).deliver(here, { key: "k", text: "secret" });
    expect(receipt.parts).toEqual([
      { index: 0, status: "failed", attempts: 1, error: "Cannot write to stdout: Error" },
    ]);
  }
});

test("stdout() writes messages one after the other, with one set of listeners on the stream", async () => {
  const { stream, taken } = manualStream();
  const deliverer = stdout({ stream });
  const deliveries = ["a", "b", "c"].map((text) => deliverer.deliver(here, { key: text, text }));
  for (let count = 1; count <= 3; count++) {
    await turns();
    expect(taken).toHaveLength(count);
    expect(listeners(stream)).toEqual([1, 1, 1]);
    taken.at(-1)?.done();
  }
  expect(await Promise.all(deliveries)).toHaveLength(3);
  expect(taken.map(({ text }) => text)).toEqual(["a\n", "b\n", "c\n"]);
  expect(listeners(stream)).toEqual([0, 0, 0]);
});

test("stdout() delivers after a failed delivery", async () => {
  let calls = 0;
  const stream = { write: () => (calls++ === 0 ? Promise.reject(new Error("once")) : undefined) };
  const deliverer = stdout({ stream });
  expect((await deliverer.deliver(here, { key: "k", text: "a" })).status).toBe("failed");
  expect((await deliverer.deliver(here, { key: "k", text: "a" })).status).toBe("delivered");
});

test("stdout() rejects at once on abort, writes no queued message and still hears a late error", async () => {
  const { stream, taken } = manualStream();
  const deliverer = stdout({ stream });
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, "removeEventListener");
  const running = deliverer.deliver(here, { key: "1", text: "a" }, controller);
  const queued = deliverer.deliver(here, { key: "2", text: "b" }, controller);
  await turns();
  const reason = new Error("cancelled");
  controller.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expect(queued).rejects.toBe(reason);
  taken[0]?.done(new Error("late"));
  await turns();
  expect(taken).toHaveLength(1);
  expect(listeners(stream)).toEqual([0, 0, 0]);
  expect(removed).toHaveBeenCalledTimes(2);
});

test("stdout() rejects with the reason of an aborted signal and writes nothing", async () => {
  const reason = new Error("shutting down");
  const deliverer = stdout({ stream: { write: () => expect.unreachable() } });
  const signal = AbortSignal.abort(reason);
  await expect(deliverer.deliver(here, { key: "k", text: "a" }, { signal })).rejects.toBe(reason);
});

test("stdout() throws a TypeError for a stream without write", () => {
  expect(() => stdout({ stream: {} as Writable })).toThrow(
    new TypeError("Cannot create stdout: 'stream' must have a write function: received object"),
  );
});

test("stdout() hears an error event that comes long after the failed write", async () => {
  let close = (): void => {};
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(new Error("full")),
    destroy: (error, done) => void (close = () => done(error)),
  });
  const deliverer = stdout({ stream });
  expect((await deliverer.deliver(here, { key: "k", text: "a" })).status).toBe("failed");
  expect((await deliverer.deliver(here, { key: "k", text: "b" })).status).toBe("failed");
  await turns();
  close();
  await turns();
  expect(stream.errored).toEqual(new Error("full"));
  expect(stream.closed).toBe(true);
  expect(listeners(stream)).toEqual([0, 0, 0]);
});

test("stdout() needs no turn of a fake clock for a stream whose write knows no callback", async () => {
  vi.useFakeTimers();
  try {
    const stream = Object.assign(manualStream().stream, { write: () => true });
    expect((await stdout({ stream }).deliver(here, { key: "k", text: "a" })).status).toBe("delivered");
  } finally {
    vi.useRealTimers();
  }
});
