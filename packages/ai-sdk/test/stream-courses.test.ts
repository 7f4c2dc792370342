import { getEventListeners } from "node:events";
import { createLane } from "@executus/lane";
import { wrapLanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { laneMiddleware } from "../src/index.ts";
import { apiError, finish, type Part, pushed, type StreamAnswer, textParts } from "./answers.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** How the model answers, before there is a stream. */
const opening = fc.constantFrom("at once", "late", "refuses", "fails", "locked", "no stream");

/** What happens then, one after the other: on the provider's side, on the reader's, and to the call. */
const happening = fc.constantFrom(
  ...(["part", "finish", "error part", "close", "break off"] as const),
  ...(["read", "read", "read", "cancel", "silence", "abort", "close lane"] as const),
);

interface Course {
  readonly opening: "at once" | "late" | "refuses" | "fails" | "locked" | "no stream";
  readonly happenings: readonly string[];
  /** What a hold of the lane comes to. */
  readonly hold: "answers" | "fails" | "hangs";
  readonly abortsWaiting: boolean;
  /** What the caller does in the end. */
  readonly end: "abort" | "cancel" | "leave";
}

const courses: fc.Arbitrary<Course> = fc.record({
  opening,
  happenings: fc.array(happening, { maxLength: 12 }),
  hold: fc.constantFrom("answers", "fails", "hangs"),
  abortsWaiting: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  end: fc.constantFrom("abort", "cancel", "leave"),
});

const idleMs = 1_000;
const maxHoldMs = 60_000;
/** A lane that does not answer a hold within this is not waited for. */
const holdAnswerMs = 5_000;
const load = apiError(429, { "retry-after": "1" });

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Does what the provider does; a source that has ended takes nothing more. */
function provide(source: ReturnType<typeof pushed>, happening: string): void {
  const error: Part = { type: "error", error: load };
  const [, , word] = textParts("word");
  try {
    if (happening === "part") source.controller.enqueue(word as Part);
    if (happening === "finish") source.controller.enqueue(finish);
    if (happening === "error part") source.controller.enqueue(error);
    if (happening === "close") source.controller.close();
    if (happening === "break off") source.controller.error(load);
  } catch {
    // It has ended.
  }
}

/** Answers as the course says, with that stream if there is one. */
function answer(course: Course, source: StreamAnswer, opened: Promise<void>): Promise<StreamAnswer> {
  if (course.opening === "refuses") return Promise.reject(load);
  if (course.opening === "fails") return Promise.reject(new Error("connection lost"));
  if (course.opening === "late") return opened.then(() => source);
  if (course.opening === "no stream") return Promise.resolve({} as StreamAnswer);
  if (course.opening === "locked") source.stream.getReader();
  return Promise.resolve(source);
}

/** Lets one call take its course to the end, and says what is left of it. */
async function take(course: Course): Promise<Record<string, unknown>> {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const holds = {
    answers: Promise.resolve(),
    fails: Promise.reject(new Error("no")),
    hangs: turn().then(never),
  };
  holds.fails.catch(() => {});
  const source = pushed();
  const abort = new AbortController();
  const open = Promise.withResolvers<void>();
  const settled: number[] = [];
  const reserve = () => ({ settle: (actual: number) => settled.push(actual) });
  let given: AbortSignal | undefined;
  const model = wrapLanguageModel({
    model: new MockLanguageModelV4({
      doStream: ({ abortSignal }) => {
        given = abortSignal;
        return answer(course, source, open.promise);
      },
    }),
    middleware: laneMiddleware(
      { run: (work, options) => lane.run(work, options), holdUntil: () => holds[course.hold] },
      { idleMs, maxHoldMs, reserve, logger: { warn() {} } },
    ),
  });
  const calling = Promise.resolve(model.doStream({ prompt: [], abortSignal: abort.signal }));
  const outcome: Promise<StreamAnswer | undefined> = calling.then(
    (result) => result as StreamAnswer,
    () => undefined,
  );
  if (course.abortsWaiting) abort.abort(new Error("enough"));
  await turn();
  if (course.opening !== "late") await outcome;
  const reader = course.opening === "at once" ? (await outcome)?.stream.getReader() : undefined;
  const reads: Promise<unknown>[] = [];
  for (const happening of course.happenings) {
    provide(source, happening);
    if (happening === "read" && reader) reads.push(reader.read().catch(() => {}));
    if (happening === "cancel" && reader) reads.push(reader.cancel("no more").catch(() => {}));
    if (happening === "silence") await vi.advanceTimersByTimeAsync(idleMs);
    if (happening === "abort") abort.abort(new Error("enough"));
    if (happening === "close lane") reads.push(lane.close({ graceMs: 0 }));
    await turn();
  }
  if (course.end === "cancel" && reader) reads.push(reader.cancel("no more").catch(() => {}));
  else if (course.end !== "leave") abort.abort(new Error("enough"));
  open.resolve();
  await turn();
  if (course.end === "leave") await vi.advanceTimersByTimeAsync(maxHoldMs);
  if (course.hold === "hangs") await vi.advanceTimersByTimeAsync(holdAnswerMs);
  await Promise.all([outcome, ...reads]);
  const { running, queued } = await lane.stats();
  const listeners = [abort.signal, given].map(
    (signal) => signal && getEventListeners(signal, "abort").length,
  );
  return {
    running,
    queued,
    listeners: listeners.filter(Boolean),
    timers: vi.getTimerCount(),
    isSettledTwice: settled.length > 1,
    isLeftOpen: given !== undefined && isGiven(course) && isOpen(source),
  };
}

/** True if there is a stream that can be read and stopped. */
function isGiven({ opening }: Course): boolean {
  return opening === "at once" || opening === "late";
}

function isOpen({ controller }: ReturnType<typeof pushed>): boolean {
  try {
    controller.enqueue(finish);
    return true;
  } catch {
    return false;
  }
}

function never(): Promise<void> {
  return new Promise(() => {});
}

test("laneMiddleware() leaves no slot, listener or timer, whatever course a stream takes", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const property = fc.asyncProperty(courses, async (course) => {
    expect(await take(course)).toEqual({
      running: 0,
      queued: 0,
      listeners: [],
      timers: 0,
      isSettledTwice: false,
      isLeftOpen: false,
    });
  });
  await fc.assert(property, { numRuns: 300 });
});
