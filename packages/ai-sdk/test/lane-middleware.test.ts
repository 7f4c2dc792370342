import { AsyncLocalStorage } from "node:async_hooks";
import { createDispatchGuard } from "@executus/dispatchguard";
import { createLane, type Lane } from "@executus/lane";
import { generateText, isStepCount, type LanguageModel, streamText, tool, wrapLanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { afterEach, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { laneMiddleware, type LaneMiddlewareOptions, type ModelLane, type Reserve } from "../src/index.ts";
import {
  type Answer,
  apiError,
  failureOf,
  finish,
  pushed,
  streamOf,
  text,
  textParts,
  toolsFinish,
} from "./answers.ts";

afterEach(() => {
  vi.useRealTimers();
});

type MockOptions = NonNullable<ConstructorParameters<typeof MockLanguageModelV4>[0]>;

function through(lane: ModelLane, mock: MockOptions, options?: LaneMiddlewareOptions): LanguageModel {
  return wrapLanguageModel({
    model: new MockLanguageModelV4(mock),
    middleware: laneMiddleware(lane, options),
  });
}

function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

/** All that is due now. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function running(lane: Lane): Promise<number> {
  return (await lane.stats()).running;
}

/** Holds the lane's only slot until the function that it gives is called. */
async function block(lane: Lane): Promise<() => void> {
  const { open, opened } = gate();
  void lane.run(() => opened);
  await settle();
  return open;
}

test("laneMiddleware() runs no more model calls at once than the lane has slots", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  let live = 0;
  let most = 0;
  const model = through(lane, {
    async doGenerate() {
      live += 1;
      most = Math.max(most, live);
      await settle();
      live -= 1;
      return text("ok");
    },
  });
  await Promise.all(Array.from({ length: 7 }, () => generateText({ model, prompt: "hi" })));
  expect(most).toBe(2);
});

test("laneMiddleware() holds the slot of a stream to its last part", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const model = through(lane, { doStream: source });
  const { textStream } = streamText({ model, prompt: "hi" });
  const words: string[] = [];
  const reading = (async () => {
    for await (const word of textStream) words.push(word);
  })();
  for (const part of textParts("one")) source.controller.enqueue(part);
  await vi.waitFor(() => expect(words).toEqual(["one"]));
  expect(await running(lane)).toBe(1);
  source.controller.close();
  await reading;
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() frees the slot when a stream fails", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const model = through(lane, { doStream: source });
  const { stream } = streamText({ model, prompt: "hi", onError() {} });
  source.controller.error(new Error("connection lost"));
  await expect(Array.fromAsync(stream)).rejects.toThrow("connection lost");
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() frees the slot and stops the model when a stream is aborted", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const model = through(lane, { doStream: source });
  const abort = new AbortController();
  const { stream } = streamText({ model, prompt: "hi", abortSignal: abort.signal });
  const types: string[] = [];
  const reading = (async () => {
    for await (const { type } of stream) types.push(type);
  })();
  await vi.waitFor(async () => expect(await running(lane)).toBe(1));
  await settle();
  abort.abort(new Error("enough"));
  await reading;
  expect(types).toContain("abort");
  expect(await running(lane)).toBe(0);
  expect(source.cancelled).toHaveLength(1);
});

test("laneMiddleware() frees the slot when the reader cancels the stream", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const { stream } = await streamThrough(lane, source);
  await stream.cancel("no more");
  expect(source.cancelled).toEqual(["no more"]);
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() frees the slot of a stream that gives nothing for idleMs", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const { stream } = await streamThrough(lane, source, { idleMs: 50 });
  const reading = stream.getReader().read();
  const failure = failureOf(reading);
  await vi.advanceTimersByTimeAsync(50);
  expect(await failure).toMatchObject({
    code: "AI_STREAM_IDLE",
    message: "The model's stream gave nothing for 50 ms",
    retryable: true,
  });
  expect(await running(lane)).toBe(0);
  expect(source.cancelled).toHaveLength(1);
});

test("laneMiddleware() leaves a slow reader its stream beyond idleMs", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const { stream } = await streamThrough(lane, source, { idleMs: 50 });
  source.controller.enqueue(finish);
  const reader = stream.getReader();
  expect((await reader.read()).value).toBe(finish);
  await vi.advanceTimersByTimeAsync(500);
  source.controller.close();
  expect((await reader.read()).done).toBe(true);
});

test("laneMiddleware() frees the slot of a stream that nobody reads after maxHoldMs", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const { stream } = await streamThrough(lane, source, { maxHoldMs: 1_000 });
  await vi.advanceTimersByTimeAsync(999);
  expect(await running(lane)).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await running(lane)).toBe(0);
  await expect(stream.getReader().read()).rejects.toMatchObject({
    code: "AI_HELD_TOO_LONG",
    message: "The model call held its slot for 1000 ms, which is the most that is allowed",
  });
});

test("laneMiddleware() frees the slot of textStream that is left by break, after maxHoldMs", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const source = pushed();
  const model = through(lane, { doStream: source }, { maxHoldMs: 1_000 });
  for (const part of textParts("one", "two").slice(0, -2)) source.controller.enqueue(part);
  for await (const _ of streamText({ model, prompt: "hi", onError() {} }).textStream) break;
  expect(await running(lane)).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() ends the wait for a slot with the call's signal, and never calls the model", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const unblock = await block(lane);
  const doGenerate = vi.fn<() => Promise<Answer>>(() => Promise.resolve(text("ok")));
  const abort = new AbortController();
  const call = generateText({
    model: through(lane, { doGenerate }),
    prompt: "hi",
    abortSignal: abort.signal,
  });
  const failure = failureOf(call);
  await vi.waitFor(async () => expect((await lane.stats()).queued).toBe(1));
  abort.abort(new Error("not today"));
  expect(await failure).toEqual(new Error("not today"));
  unblock();
  await settle();
  expect(doGenerate).not.toHaveBeenCalled();
  expect(await lane.stats()).toMatchObject({ queued: 0, running: 0 });
});

test("laneMiddleware() keeps the slot of a model that ignores its abort until it has settled", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { open, opened } = gate();
  const abort = new AbortController();
  const model = through(lane, { doGenerate: () => opened.then(() => text("late")) });
  const call = generateText({ model, prompt: "hi", abortSignal: abort.signal });
  const failure = failureOf(call);
  await vi.waitFor(async () => expect(await running(lane)).toBe(1));
  abort.abort(new Error("enough"));
  expect(await failure).toEqual(new Error("enough"));
  expect(await running(lane)).toBe(1);
  open();
  await vi.waitFor(async () => expect(await running(lane)).toBe(0));
});

test("laneMiddleware() stops the model when its lane closes", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const doGenerate: MockOptions["doGenerate"] = ({ abortSignal }) =>
    new Promise((_, reject) => {
      abortSignal?.addEventListener("abort", () => reject(abortSignal.reason as Error));
    });
  const call = generateText({ model: through(lane, { doGenerate }), prompt: "hi" });
  const failure = failureOf(call);
  await vi.waitFor(async () => expect(await running(lane)).toBe(1));
  await lane.close({ graceMs: 0 });
  expect(await failure).toMatchObject({ code: "LANE_CLOSED" });
});

test("laneMiddleware() lets a call that is tried again go before others", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const priorities: unknown[] = [];
  const spy: ModelLane = {
    run: (work, options) => {
      priorities.push(options?.priority);
      return lane.run(work, options);
    },
    holdUntil: (at, reason) => lane.holdUntil(at, reason),
  };
  const answers = [apiError(500), text("ok")];
  const model = through(
    spy,
    {
      doGenerate: () => {
        const next = answers.shift();
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next as Answer);
      },
    },
    { priority: () => 3 },
  );
  const call = generateText({ model, prompt: "hi" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await call).text).toBe("ok");
  expect(priorities).toEqual([3, 4]);
});

test("laneMiddleware() holds the lane for a provider's Retry-After", async () => {
  const held = await holdsOf(apiError(429, { "Retry-After": "7" }));
  expect(held).toEqual([[1_007_000, "the provider's Retry-After"]]);
});

test.each<[Record<string, string>, number]>([
  [{ "retry-after-ms": "250" }, 1_000_250],
  [{ "retry-after": new Date(1_020_000).toUTCString() }, 1_020_000],
  [{ "retry-after": "86400" }, 1_300_000],
])("laneMiddleware() reads Retry-After as %j", async (headers, until) => {
  expect((await holdsOf(apiError(429, headers)))[0]?.[0]).toBe(until);
});

test.each([
  ["another status", apiError(400, { "retry-after": "7" })],
  ["no header", apiError(429)],
  ["a header in no known form", apiError(429, { "retry-after": "soon" })],
  ["an instant that has passed", apiError(429, { "retry-after": new Date(0).toUTCString() })],
  ["an error of another kind", new Error("boom")],
])("laneMiddleware() does not hold the lane for %s", async (_, error) => {
  expect(await holdsOf(error)).toEqual([]);
});

test("laneMiddleware() holds the lane for an error inside a stream", async () => {
  const held: number[] = [];
  const lane = recordingLane((at) => held.push(at));
  const { stream } = await streamThrough(
    lane,
    streamOf([{ type: "error", error: apiError(429, { "retry-after": "1" }) }, finish]),
    { clock: () => 0 },
  );
  for await (const _ of stream);
  expect(held).toEqual([1_000]);
});

test("laneMiddleware() frees the slot of a call whose lane does not say within 5 s that it is held", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const warn = vi.fn<(context: object, message: string) => void>();
  const mute: ModelLane = {
    run: (work, options) => lane.run(work, options),
    holdUntil: () => new Promise(() => {}),
  };
  const doGenerate = (): Promise<never> => Promise.reject(apiError(429, { "retry-after": "1" }));
  const model = through(mute, { doGenerate }, { logger: { warn } });
  // The caller is told at once.
  await expect(generateText({ model, prompt: "hi", maxRetries: 0 })).rejects.toThrow("status 429");
  await vi.advanceTimersByTimeAsync(4_999);
  expect(await running(lane)).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await running(lane)).toBe(0);
  expect(warn).toHaveBeenCalledWith(
    { error: new Error("The lane gave no answer within 5000 ms") },
    "A lane could not be held for a provider's Retry-After",
  );
});

test("laneMiddleware() frees the slot of a lane of one's own whose holdUntil() gives no promise", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const own: ModelLane = {
    run: (work, options) => lane.run(work, options),
    holdUntil: () => undefined as never,
  };
  const doGenerate = (): Promise<never> => Promise.reject(apiError(429, { "retry-after": "1" }));
  const call = generateText({ model: through(own, { doGenerate }), prompt: "hi", maxRetries: 0 });
  await expect(call).rejects.toThrow("status 429");
  await settle();
  expect(await running(lane)).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("laneMiddleware() runs where timers are numbers", async () => {
  const { setTimeout: real } = globalThis;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((...given: Parameters<typeof setTimeout>) =>
    Number(real(...given))) as never);
  onTestFinished(() => void vi.restoreAllMocks());
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { stream } = await streamThrough(lane, streamOf(textParts("a")));
  expect(await Array.fromAsync(stream)).toHaveLength(5);
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() tells of a lane that cannot be held, and passes on the model's error", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const warn = vi.fn<(context: object, message: string) => void>();
  const broken: ModelLane = {
    run: (work, options) => lane.run(work, options),
    holdUntil: () => Promise.reject(new Error("cannot")),
  };
  const doGenerate = (): Promise<never> => Promise.reject(apiError(429, { "retry-after": "1" }));
  const call = generateText({
    model: through(broken, { doGenerate }, { logger: { warn } }),
    prompt: "hi",
    maxRetries: 0,
  });
  await expect(call).rejects.toThrow("status 429");
  expect(warn).toHaveBeenCalledWith(
    { error: new Error("cannot") },
    "A lane could not be held for a provider's Retry-After",
  );
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() settles what a call used into the lane's rate windows", async () => {
  const rate = [{ limit: 100, windowMs: 60_000, by: "weight" as const }];
  const lane = createLane({ name: "llm", maxConcurrent: 9, rate });
  const model = through(
    lane,
    { doGenerate: () => Promise.resolve(text("ok")) },
    { estimateTokens: () => 60 },
  );
  await generateText({ model, prompt: "hi" });
  // 42 were used: another 58 fit, not the 60 that the estimate says.
  let ran = 0;
  const abort = new AbortController();
  const fits = lane.run(() => (ran += 1), { weight: 58 });
  await fits;
  const waits = lane.run(() => (ran += 1), { weight: 1, signal: abort.signal });
  await settle();
  expect(ran).toBe(1);
  abort.abort(new Error("enough"));
  await expect(waits).rejects.toThrow("enough");
});

test("laneMiddleware() settles the usage of a stream", async () => {
  const settled: number[] = [];
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { stream } = await streamThrough(lane, streamOf(textParts("a")), {
    reserve: () => ({ settle: (actual) => settled.push(actual) }),
  });
  for await (const _ of stream);
  expect(settled).toEqual([42]);
});

test("laneMiddleware() takes the estimate out of a budget of dispatchguard, and gives the rest back", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 2_000 } } });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await guard.root("root", async (frame) => {
    const model = through(
      lane,
      { doGenerate: () => Promise.resolve(text("ok")) },
      { reserve: (tokens) => frame.reserve("tokens", tokens), estimateTokens: () => 1_000 },
    );
    await generateText({ model, prompt: "hi" });
    expect(frame.remaining().budgets["tokens"]).toBe(1_958);
  });
});

test("laneMiddleware() refuses a call that its budget does not have, before it waits for a slot", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 10 } } });
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await guard.root("root", async (frame) => {
    const doGenerate = vi.fn<() => Promise<Answer>>(() => Promise.resolve(text("ok")));
    const reserve: Reserve = (tokens) => frame.reserve("tokens", tokens);
    const call = generateText({ model: through(lane, { doGenerate }, { reserve }), prompt: "hi" });
    await expect(call).rejects.toMatchObject({ code: "AI_BUDGET", limit: 10, retryable: false });
    expect(doGenerate).not.toHaveBeenCalled();
    expect((await lane.stats()).submitted).toBe(0);
  });
});

test.each([
  ["a call that the provider refused", apiError(429), "status 429"],
  ["a call that could not wait", undefined, "full"],
])("laneMiddleware() gives back the whole estimate of %s", async (_, error, message) => {
  const settled: number[] = [];
  const lane = createLane({ name: "llm", maxConcurrent: 1, maxQueued: 0 });
  const unblock = error ? undefined : await block(lane);
  const doGenerate = (): Promise<never> => Promise.reject(error);
  const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
  const call = generateText({
    model: through(lane, { doGenerate }, { reserve }),
    prompt: "hi",
    maxRetries: 0,
  });
  await expect(call).rejects.toThrow(message);
  expect(settled).toEqual([0]);
  unblock?.();
});

test("laneMiddleware() gives back the whole estimate of a call that is aborted before the model is called", async () => {
  const settled: number[] = [];
  const abort = new AbortController();
  const lane = recordingLane(
    () => {},
    () => queueMicrotask(() => abort.abort(new Error("enough"))),
  );
  const doGenerate = vi.fn<() => Promise<Answer>>(() => Promise.resolve(text("ok")));
  const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
  const model = through(lane, { doGenerate }, { reserve });
  const call = generateText({ model, prompt: "hi", abortSignal: abort.signal });
  expect(await failureOf(call)).toEqual(new Error("enough"));
  expect(doGenerate).not.toHaveBeenCalled();
  expect(settled).toEqual([0]);
});

test("laneMiddleware() settles what an answer used that comes after the abort", async () => {
  const settled: number[] = [];
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const { open, opened } = gate();
  const abort = new AbortController();
  const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
  const model = through(lane, { doGenerate: () => opened.then(() => text("late")) }, { reserve });
  const failure = failureOf(generateText({ model, prompt: "hi", abortSignal: abort.signal }));
  await vi.waitFor(async () => expect(await running(lane)).toBe(1));
  abort.abort(new Error("enough"));
  await failure;
  open();
  await vi.waitFor(async () => expect(await running(lane)).toBe(0));
  expect(settled).toEqual([42]);
});

test.each([undefined, {}, { inputTokens: undefined }, { inputTokens: { total: null }, outputTokens: {} }])(
  "laneMiddleware() leaves the estimate as it is when a provider says %j of what was used",
  async (usage) => {
    const settled: number[] = [];
    const lane = createLane({ name: "llm", maxConcurrent: 1 });
    const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
    const parts = [{ ...finish, usage: usage as never }];
    const { stream } = await streamThrough(lane, streamOf(parts), { reserve });
    expect(await Array.fromAsync(stream)).toEqual(parts);
    const answer = { ...text("ok"), usage: usage as never };
    await answerThrough(lane, answer, { reserve });
    expect(settled).toEqual([]);
    expect(await running(lane)).toBe(0);
  },
);

test("laneMiddleware() tells of an account that fails, and settles the other", async () => {
  const settled: number[] = [];
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const broken: ModelLane = {
    run: (work, options) =>
      lane.run(({ signal }) => {
        const settleWeight = (): void => {
          throw new Error("no account");
        };
        return work({ signal, settleWeight });
      }, options),
    holdUntil: (at, reason) => lane.holdUntil(at, reason),
  };
  const warn = vi.fn<(context: object, message: string) => void>();
  const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
  await answerThrough(broken, text("ok"), { reserve, logger: { warn } });
  expect(settled).toEqual([42]);
  expect(warn).toHaveBeenCalledWith(
    { error: new Error("no account") },
    "What a model call used could not be settled",
  );
});

test.each([
  ["that somebody else reads", () => lockedStream()],
  ["that is none", () => ({}) as ReturnType<typeof streamOf>],
])("laneMiddleware() frees the slot of a stream %s, and the call fails", async (_, source) => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await expect(streamThrough(lane, source())).rejects.toThrow(TypeError);
  expect(await running(lane)).toBe(0);
});

test("laneMiddleware() tells the caller of an abort that the model's own code makes", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const abort = new AbortController();
  const { open, opened } = gate();
  const doGenerate = (): Promise<Answer> => {
    abort.abort(new Error("enough"));
    return opened.then(() => text("late"));
  };
  const call = generateText({
    model: through(lane, { doGenerate }),
    prompt: "hi",
    abortSignal: abort.signal,
  });
  expect(await failureOf(call)).toEqual(new Error("enough"));
  open();
});

test("laneMiddleware() settles once, by a stream's last part, also if it breaks off afterwards", async () => {
  const settled: number[] = [];
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const reserve: Reserve = () => ({ settle: (actual) => settled.push(actual) });
  const source = pushed();
  const { stream } = await streamThrough(lane, source, { reserve });
  source.controller.enqueue(finish);
  const reader = stream.getReader();
  await reader.read();
  source.controller.error(apiError(500));
  await expect(reader.read()).rejects.toThrow("status 500");
  expect(settled).toEqual([42]);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  "laneMiddleware() frees the slot when the abort comes %i turns after the model has answered",
  async (turns) => {
    const lane = createLane({ name: "llm", maxConcurrent: 1 });
    const source = pushed();
    const abort = new AbortController();
    const middleware = laneMiddleware(lane);
    const doStream = (): Promise<ReturnType<typeof pushed>> => {
      void abortAfter(turns, abort);
      return Promise.resolve(source);
    };
    const model = wrapLanguageModel({ model: new MockLanguageModelV4({ doStream }), middleware });
    const call = Promise.resolve(model.doStream({ prompt: [], abortSignal: abort.signal }));
    const failure = failureOf(call.then(({ stream }) => stream.getReader().read()));
    expect(await failure).toEqual(new Error("enough"));
    await settle();
    expect(await running(lane)).toBe(0);
    expect(source.cancelled).toEqual([new Error("enough")]);
  },
);

test("laneMiddleware() asks who calls in the caller's own context", async () => {
  const who = new AsyncLocalStorage<string>();
  const callers: unknown[] = [];
  const lane = recordingLane(
    () => {},
    (options) => callers.push(options?.callerId),
  );
  const options = { callerId: () => who.getStore() };
  const model = through(lane, { doGenerate: () => Promise.resolve(text("ok")) }, options);
  await who.run("ada", () => generateText({ model, prompt: "hi" }));
  expect(callers).toEqual(["ada"]);
});

test("laneMiddleware() lets a tool call models through the same lane of one slot", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const inner = through(lane, { doGenerate: () => Promise.resolve(text("inner")) });
  const ask = tool({
    inputSchema: z.object({}),
    execute: async () => (await generateText({ model: inner, prompt: "hi" })).text,
  });
  const answers = [
    streamOf([{ type: "tool-call", toolCallId: "1", toolName: "ask", input: "{}" }, toolsFinish]),
    streamOf(textParts("outer")),
  ];
  const model = through(lane, { doStream: answers });
  const result = streamText({ model, prompt: "hi", tools: { ask }, stopWhen: isStepCount(3) });
  expect(await result.text).toBe("outer");
  expect((await result.steps)[0]?.toolResults[0]?.output).toBe("inner");
  expect(await running(lane)).toBe(0);
});

test.each([
  [{ idleMs: 0 }, "'idleMs' must be a whole number of at least 1, or Infinity: received 0"],
  [{ maxHoldMs: Number.NaN }, "'maxHoldMs' must be a whole number of at least 1, or Infinity: received NaN"],
  [
    { maxRetryAfterMs: -1 },
    "'maxRetryAfterMs' must be a whole number of at least 0, or Infinity: received -1",
  ],
  [{ retryPriority: Infinity }, "'retryPriority' must be finite: received Infinity"],
  [{ callerId: "ada" as never }, "'callerId' must be a function: received \"ada\""],
])("laneMiddleware() refuses %j", (options, message) => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  expect(() => laneMiddleware(lane, options)).toThrow(`Cannot create lane middleware: ${message}`);
});

test("laneMiddleware() refuses what is no lane", () => {
  expect(() => laneMiddleware({} as never)).toThrow(TypeError);
});

test("a lane of @executus/lane is a ModelLane", () => {
  expectTypeOf<Lane>().toExtend<ModelLane>();
});

/** What the model itself streams, as the SDK would be given it. */
async function streamThrough(
  lane: ModelLane,
  source: { readonly stream: ReturnType<typeof streamOf>["stream"] },
  options?: LaneMiddlewareOptions,
): Promise<ReturnType<typeof streamOf>> {
  const model = through(lane, { doStream: source }, options);
  if (typeof model === "string" || !("doStream" in model)) throw new Error("not a model");
  return (await model.doStream({ prompt: [] })) as ReturnType<typeof streamOf>;
}

async function abortAfter(turns: number, abort: AbortController): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  abort.abort(new Error("enough"));
}

function lockedStream(): ReturnType<typeof streamOf> {
  const source = streamOf(textParts("a"));
  source.stream.getReader();
  return source;
}

/** An answer of the model itself. */
async function answerThrough(
  lane: ModelLane,
  answer: Answer,
  options?: LaneMiddlewareOptions,
): Promise<void> {
  const model = through(lane, { doGenerate: answer }, options);
  if (typeof model === "string" || !("doGenerate" in model)) throw new Error("not a model");
  await model.doGenerate({ prompt: [] });
}

function recordingLane(
  onHold: (at: number, reason: string) => void,
  onRun: (options: Parameters<ModelLane["run"]>[1]) => void = () => {},
): ModelLane {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  return {
    run(work, options) {
      onRun(options);
      return lane.run(work, options);
    },
    holdUntil(at, reason) {
      onHold(at, reason);
      return Promise.resolve();
    },
  };
}

async function holdsOf(error: Error): Promise<(readonly [number, string])[]> {
  const held: (readonly [number, string])[] = [];
  const lane = recordingLane((at, reason) => held.push([at, reason]));
  const doGenerate = (): Promise<never> => Promise.reject(error);
  const model = through(lane, { doGenerate }, { clock: () => 1_000_000 });
  await expect(generateText({ model, prompt: "hi", maxRetries: 0 })).rejects.toThrow(error.message);
  return held;
}
