import { expect, test, vi } from "vitest";
import { createLoopDetector, type Loop, type LoopDetectorOptions } from "../src/loops.ts";
import { turn } from "./turn.ts";

/** What `observe` says of each call, as in "read:a read:a". */
function observe(calls: string, options?: LoopDetectorOptions): (Loop | undefined)[] {
  const detector = createLoopDetector(options);
  return calls.split(" ").map((call) => {
    const [tool = "", input] = call.split(":");
    return detector.observe(tool, { input });
  });
}

const times = (count: number, call: string): string => Array.from({ length: count }, () => call).join(" ");

test("observe() warns of the same call from the sixth on, without a refusal", () => {
  const loops = observe(times(7, "read:a"));
  expect(loops.slice(0, 5)).toEqual(Array(5).fill(undefined));
  expect(loops[5]).toEqual({
    pattern: "repeat",
    tools: ["read"],
    limit: 5,
    observed: 6,
    message:
      'You have called "read" with the same input 6 times. Unless you are waiting for something to change, use what you know or try something else.',
  });
  expect(loops[6]?.observed).toBe(7);
});

test("observe() sees repeats between other calls, within the window", () => {
  const calls = Array.from({ length: 6 }, (_, index) => `read:a read:other-${index}`).join(" ");
  expect(observe(calls).filter((loop) => loop?.pattern === "repeat")).toHaveLength(1);
  expect(observe(calls, { windowCalls: 8 }).filter(Boolean)).toEqual([]);
});

test("observe() does not take the same tool with other input for a loop", () => {
  const calls = Array.from({ length: 100 }, (_, index) => `read:${index}`).join(" ");
  expect(observe(calls).filter(Boolean)).toEqual([]);
});

test("observe() warns when two calls alternate for more than three rounds", () => {
  const loops = observe("ask:a tell:b ".repeat(4).trim());
  expect(loops.slice(0, 6)).toEqual(Array(6).fill(undefined));
  expect(loops[6]).toMatchObject({ pattern: "ping-pong", tools: ["tell", "ask"], limit: 3, observed: 7 });
  expect(loops[6]?.message).toMatch(
    /^You have gone back and forth between "tell" and "ask" with the same input for 7 calls/,
  );
});

test("observe() does not take alternating calls for ping-pong when a third comes between", () => {
  expect(observe("ask:a tell:b ask:a tell:b ask:a tell:b other:c ask:a tell:b").filter(Boolean)).toEqual([]);
});

test("observe() refuses only when told to", () => {
  const loops = observe(times(6, "read:a"), { mode: "refuse" });
  expect(loops[5]?.refusal).toEqual({
    code: "GUARD_LOOP",
    limit: 5,
    observed: 6,
    retryable: false,
    message: `Not done: ${loops[5]?.message}`,
  });
});

test("onLoop is told once of a loop that goes on", () => {
  const onLoop = vi.fn<(loop: Loop) => void>();
  observe(times(20, "read:a"), { onLoop });
  expect(onLoop).toHaveBeenCalledTimes(1);
  observe("ask:a tell:b ".repeat(5).trim(), { onLoop });
  expect(onLoop).toHaveBeenCalledTimes(2);
});

test("onLoop is told once of a loop whose calls leave the window as fast as they come", () => {
  const onLoop = vi.fn<(loop: Loop) => void>();
  const detector = createLoopDetector({ onLoop });
  for (let call = 0; call < 100; call += 1) detector.observe(call % 6 ? `other${call}` : "poll", "");
  expect(onLoop).toHaveBeenCalledTimes(1);
});

test.each([
  ["throws", (): never => fail()],
  ["rejects", async (): Promise<never> => fail()],
])("an onLoop that %s is reported and breaks nothing", async (_name, onLoop) => {
  const warn = vi.fn<(context: object, message: string) => void>();
  expect(observe(times(6, "read:a"), { onLoop, logger: { warn } })[5]?.pattern).toBe("repeat");
  await turn();
  expect(warn.mock.calls.map(([, message]) => message)).toEqual(["onLoop of a loop detector threw"]);
});

function fail(): never {
  throw new Error("hook failed");
}

test("observe() takes inputs that have no key for calls like no other", () => {
  const detector = createLoopDetector({ maxRepeats: 1 });
  const loops = Array.from({ length: 10 }, () => detector.observe("read", new Map()));
  expect(loops.filter(Boolean)).toEqual([]);
});

test("a detector remembers no more than its window", () => {
  const detector = createLoopDetector({ maxRepeats: 2, windowCalls: 3 });
  const observed = ["a", "b", "c", "a", "d", "e", "a", "a", "a"].map(
    (input) => detector.observe("read", input)?.observed,
  );
  expect(observed).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    3,
  ]);
});

test.each([
  [{ maxRepeats: 0 }, /'maxRepeats'/],
  [{ maxRounds: Number.NaN }, /'maxRounds'/],
  [{ windowCalls: 1 }, /'windowCalls'/],
  [{ windowCalls: Infinity }, /'windowCalls' must be finite/],
  [{ maxRepeats: 32 }, /'windowCalls' must be finite and more than 'maxRepeats': received 32/],
  [{ mode: "deny" }, /'mode' must be "warn" or "refuse": received "deny"/],
  [{ onLoop: 1 }, /'onLoop' must be a function/],
])("createLoopDetector() throws for %o", (options, message) => {
  expect(() => createLoopDetector(options as LoopDetectorOptions)).toThrow(message);
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [{ maxRepeat: 2 }, "'options' has no 'maxRepeat', only maxRepeats, "],
  [{ logger: 5 }, "'logger' must have the function warn: received 5"],
])("createLoopDetector(%o) throws", (options, text) => {
  expect(() => createLoopDetector(options as never)).toThrow(`Cannot create loop detector: ${text}`);
});
