import { getEventListeners } from "node:events";
import { createLane, type Lane } from "@executus/lane";
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

interface Call {
  readonly lane: Lane;
  readonly source: ReturnType<typeof pushed>;
  readonly abort: AbortController;
  /** Lets a model answer that is late. */
  readonly open: () => void;
  readonly outcome: Promise<StreamAnswer | undefined>;
  /** What was settled, one after the other. */
  readonly settled: readonly number[];
  /** The signal that the model was given. */
  given: AbortSignal | undefined;
}

/** Calls a model through a lane of one slot. */
function begin(course: Course): Call {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const holdUntil = (): Promise<void> => {
    if (course.hold === "hangs") return new Promise(() => {});
    return course.hold === "fails" ? Promise.reject(new Error("no")) : Promise.resolve();
  };
  const source = pushed();
  const abort = new AbortController();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const settled: number[] = [];
  const doStream = ({ abortSignal }: { abortSignal?: AbortSignal | undefined }): Promise<StreamAnswer> => {
    call.given = abortSignal;
    return answer(course, source, opened);
  };
  const model = wrapLanguageModel({
    model: new MockLanguageModelV4({ doStream }),
    middleware: laneMiddleware(
      { run: (work, options) => lane.run(work, options), holdUntil },
      {
        idleMs,
        maxHoldMs,
        reserve: () => ({ settle: (actual) => settled.push(actual) }),
        logger: { warn() {} },
      },
    ),
  });
  const outcome = Promise.resolve()
    .then(() => model.doStream({ prompt: [], abortSignal: abort.signal }) as PromiseLike<StreamAnswer>)
    .catch(() => undefined);
  const call: Call = { lane, source, abort, open, outcome, settled, given: undefined };
  return call;
}

/** Lets everything happen, and the caller end it; then nothing is waited for but what may take its time. */
async function goThrough(course: Course, call: Call): Promise<void> {
  const { lane, source, abort, open, outcome } = call;
  if (course.abortsWaiting) abort.abort(new Error("enough"));
  await turn();
  const reader = course.opening === "at once" ? (await outcome)?.stream.getReader() : undefined;
  const begun: Promise<unknown>[] = [outcome];
  const cancel = (): unknown => reader && begun.push(reader.cancel("no more").catch(() => {}));
  for (const happening of course.happenings) {
    provide(source, happening);
    if (happening === "read" && reader) begun.push(reader.read().catch(() => {}));
    if (happening === "cancel") cancel();
    if (happening === "silence") await vi.advanceTimersByTimeAsync(idleMs);
    if (happening === "abort") abort.abort(new Error("enough"));
    if (happening === "close lane") begun.push(lane.close({ graceMs: 0 }));
    await turn();
  }
  if (course.end === "cancel" && reader) cancel();
  else if (course.end !== "leave") abort.abort(new Error("enough"));
  open();
  await turn();
  if (course.end === "leave") await vi.advanceTimersByTimeAsync(maxHoldMs);
  if (course.hold === "hangs") await vi.advanceTimersByTimeAsync(holdAnswerMs);
  await Promise.all(begun);
}

/** Lets one call take its course to the end, and says what is left of it. */
async function take(course: Course): Promise<Record<string, unknown>> {
  const call = begin(course);
  await goThrough(course, call);
  const { running, queued } = await call.lane.stats();
  const signals = [call.abort.signal, call.given];
  return {
    running,
    queued,
    listeners: signals.flatMap((signal) => (signal ? getEventListeners(signal, "abort") : [])),
    timers: vi.getTimerCount(),
    isSettledTwice: call.settled.length > 1,
    isLeftOpen: call.given !== undefined && isGiven(course) && isOpen(call.source),
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
