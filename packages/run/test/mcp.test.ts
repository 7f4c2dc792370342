import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { ServerNotification } from "@modelcontextprotocol/sdk/types.js";
import { ProgressNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import fc from "fast-check";
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from "vitest";
import { createProgress } from "../src/index.ts";
import type { McpOptions, ProgressNotification } from "../src/mcp.ts";
import { mcp } from "../src/mcp.ts";
import { play, scripts } from "./random-tree.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function started(options: Partial<McpOptions> = {}) {
  const sent: ProgressNotification["params"][] = [];
  const send = (notification: ProgressNotification): void => void sent.push(notification.params);
  const sink = mcp({ progressToken: "t", send, ...options });
  const open = (total?: number) => createProgress({ name: "review", total, throttleMs: 0, sinks: [sink] });
  return { sink, sent, open };
}

function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));
}

test("mcp() sends the ratio of the run with the newest words, and rises between", () => {
  const { sent, open } = started();
  const root = open(4);
  vi.advanceTimersByTime(500);
  const file = root.child("a.ts");
  root.add();
  file.note("unused import", "warn");
  vi.advanceTimersByTime(500);
  file.note("another", "warn");
  vi.advanceTimersByTime(500);
  root.end();
  expect(sent).toEqual([
    { progressToken: "t", progress: 0, total: 1, message: "review: started" },
    { progressToken: "t", progress: 0.0001, total: 1, message: "a.ts: started" },
    { progressToken: "t", progress: 0.25, total: 1, message: "a.ts: warning: unused import" },
    { progressToken: "t", progress: 0.250075, total: 1, message: "a.ts: warning: another" },
  ]);
});

test("mcp() gives no total while nothing is known of the size of the run", () => {
  const { sent, open } = started({ everyMs: 0 });
  const root = open();
  root.note("thinking");
  root.child("a", { total: 2 }).add();
  expect(sent.slice(0, 2).map(({ progress, total }) => [progress, total])).toEqual([
    [0, undefined],
    [0.0001, undefined],
  ]);
  expect(sent.at(-1)).toMatchObject({ progress: 0.5, total: 1 });
});

test("mcp() sends at most once every everyMs", () => {
  const { sent, open } = started({ everyMs: 1000 });
  const root = open();
  for (let i = 0; i < 100; i++) {
    root.note(`${i}`);
    vi.advanceTimersByTime(50);
  }
  expect(sent).toHaveLength(6);
});

test("mcp() sends again when nothing was told for heartbeatMs, so that the caller waits on", () => {
  const { sent, open } = started();
  const root = open();
  vi.advanceTimersByTime(46_000);
  expect(sent.map(({ message }) => message)).toEqual(Array(4).fill("review: started"));
  expect(isRising(sent.map(({ progress }) => progress))).toBe(true);
  root.end();
  vi.advanceTimersByTime(60_000);
  expect(sent).toHaveLength(4);
  expect(vi.getTimerCount()).toBe(0);
});

test("mcp() sends nothing without a token, and starts no timer", () => {
  const { sent, open } = started({ progressToken: undefined });
  const root = open(1);
  root.add();
  root.end();
  expect(sent).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test("mcp() takes 0 and the empty text for tokens, as the protocol does", () => {
  for (const progressToken of [0, ""]) {
    const { sent, open } = started({ progressToken });
    open();
    expect(sent).toMatchObject([{ progressToken }]);
  }
});

test("mcp() rises strictly below 1, and sends nothing after the end, for any run", () => {
  const property = fc.property(scripts, fc.nat(3), (script, everyMs) => {
    const { sent, open } = started({ everyMs });
    const root = open();
    play(script, root);
    const count = sent.length;
    vi.advanceTimersByTime(100_000);
    open().note("a later run");
    expect(sent).toHaveLength(count);
    expect(isRising(sent.map(({ progress }) => progress))).toBe(true);
    expect(sent.every(({ progress }) => progress >= 0 && progress < 1)).toBe(true);
  });
  fc.assert(property, { numRuns: 200 });
});

test("mcp() stays below 1 and rises for 400,000 notes, as long as a number can", () => {
  let [last, count] = [-1, 0];
  const send = ({ params }: ProgressNotification): void => {
    if (params.progress <= last || params.progress >= 1) throw new Error(`${params.progress} after ${last}`);
    last = params.progress;
    count += 1;
  };
  const logger = { warn: vi.fn<(context: object, message: string) => void>() };
  const root = createProgress({ sinks: [mcp({ progressToken: 1, send, everyMs: 0, logger })] });
  for (let i = 0; i < 4e5; i++) root.note("n");
  expect(logger.warn).not.toHaveBeenCalled();
  expect(count).toBeGreaterThan(200_000);
}, 60_000);

test("mcp() is for one run: another at the same time is not told", () => {
  const { sent, open } = started({ everyMs: 0 });
  const root = open();
  open(1).add();
  root.note("hello");
  expect(sent.map(({ message }) => message)).toEqual(["review: started", "review: hello"]);
});

test("mcp() reports a notification that cannot be sent once, also from a timer", async () => {
  const logger = { warn: vi.fn<(context: object, message: string) => void>() };
  const send = async (): Promise<void> => Promise.reject(new Error("disconnected"));
  const { open } = started({ send, logger });
  open();
  await vi.advanceTimersByTimeAsync(60_000);
  const problem = "An MCP progress notification could not be sent";
  expect(logger.warn.mock.calls).toEqual([[{ error: new Error("disconnected") }, problem]]);
});

test("mcp() refuses bad options", () => {
  const send = (): void => {};
  const bad = (options: object) => () => mcp({ progressToken: 1, send, ...options } as McpOptions);
  expect(bad({ progressToken: null })).toThrow(
    new TypeError("Cannot create MCP sink: 'progressToken' must be a string or a number: received null"),
  );
  expect(bad({ send: undefined })).toThrow(
    new TypeError("Cannot create MCP sink: 'send' must be a function: received undefined"),
  );
  expect(bad({ clock: 1 })).toThrow(
    new TypeError("Cannot create MCP sink: 'clock' must be a function: received 1"),
  );
  expect(bad({ everyMs: -1 })).toThrow(
    new RangeError(
      "Cannot create MCP sink: 'everyMs' must be a whole number of at least 0, or Infinity: received -1",
    ),
  );
  expect(bad({ heartbeatMs: 0 })).toThrow(
    new RangeError(
      "Cannot create MCP sink: 'heartbeatMs' must be a whole number of at least 1, or Infinity: received 0",
    ),
  );
});

test("mcp() reaches the client of a tool call through the SDK, in the protocol's shape", async () => {
  vi.useRealTimers();
  const server = new McpServer({ name: "desk", version: "1.0.0" });
  server.registerTool("review", { description: "reviews" }, async (extra) => {
    const send = async (notification: ProgressNotification): Promise<void> => {
      ProgressNotificationSchema.parse(notification);
      await extra.sendNotification(notification);
    };
    const sink = mcp({ progressToken: extra._meta?.progressToken, send, everyMs: 0 });
    const root = createProgress({ name: "review", total: 2, throttleMs: 0, sinks: [sink] });
    await root.step("a.ts", async (file) => file.note("unused import"));
    root.add(1);
    root.end();
    return { content: [{ type: "text", text: "done" }] };
  });
  const client = new Client({ name: "caller", version: "1.0.0" });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(near), client.connect(far)]);
  const seen: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
  await client.callTool({ name: "review" }, undefined, {
    onprogress: (progress) => void seen.push(progress),
  });
  expect(seen.map(({ message }) => message)).toEqual([
    "review: started",
    "a.ts: started",
    "a.ts: unused import",
    "a.ts: done in 0s",
    "review: 50%, 1/2",
  ]);
  expect(isRising(seen.map(({ progress }) => progress))).toBe(true);
  await Promise.all([client.close(), server.close()]);
  expectTypeOf<ProgressNotification>().toExtend<ServerNotification>();
  expectTypeOf<(notification: ServerNotification) => Promise<void>>().toExtend<McpOptions["send"]>();
});
