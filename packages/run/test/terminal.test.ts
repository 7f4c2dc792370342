import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from "vitest";
import type { Progress, Sink } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import type { TerminalOptions, TerminalSink, TerminalStream } from "../src/terminal.ts";
import { terminal } from "../src/terminal.ts";
import { textStream } from "./recorder.ts";
import type { Screen } from "./screen.ts";
import { createScreen } from "./screen.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function started(
  screen: Screen = createScreen(),
  options: Partial<TerminalOptions> = {},
): { root: Progress; sink: TerminalSink; screen: Screen } {
  const sink = terminal({ stream: screen, color: false, ...options });
  const root = createProgress({ name: "review", total: 10, unit: "cells", sinks: [sink] });
  return { root, sink, screen };
}

/** What is written, without our own control sequences. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\x1b\[[?0-9]*[A-Za-z]|\r/g, "");
}

test("terminal() shows the open nodes as a tree with bar, percent, counts, ETA, times and words", () => {
  const { root, screen } = started();
  const file = root.child("src/a.ts", { total: 4 });
  file.phase("checking", "rule 3");
  file.child("parse").update({ status: "waiting" });
  root.child("src/b.ts").end("failed");
  root.child("src/c.ts").end();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(1000);
    root.add();
  }
  file.update({ current: 1 });
  vi.advanceTimersByTime(1100);
  expect(screen.lines).toEqual([
    "src/b.ts: failed in 0s",
    "review [=====-----] 50% 5/10 cells ETA 4s 1 failed 2 ended 6s",
    "  src/a.ts [==--------] 25% 1/4 6s checking: rule 3",
    "    parse waiting 6s",
    "",
  ]);
});

test("terminal() removes what ended and leaves a last line for the run", () => {
  const { root, screen } = started();
  const child = root.child("a");
  child.end();
  vi.advanceTimersByTime(2100);
  expect(screen.lines).toEqual(["review [----------] 0% 0/10 cells 1 ended 2s", ""]);
  root.add(10);
  root.end("done", "no findings");
  expect(screen.lines).toEqual(["review: done in 2s, 10/10 cells, no findings", ""]);
});

test("terminal() prints notes and failures above the tree for good, in order", () => {
  const { root, screen } = started();
  const child = root.child("a.ts");
  for (let i = 1; i <= 40; i++) {
    child.note(`finding ${i}`, "warn");
    vi.advanceTimersByTime(30);
  }
  child.end("failed", "broken");
  root.note("in the last frame");
  root.end();
  expect(screen.lines).toEqual([
    ...Array.from({ length: 40 }, (_, index) => `a.ts: warning: finding ${index + 1}`),
    "a.ts: failed in 1s, broken",
    "review: in the last frame",
    "review: done in 1s, 0/10 cells",
    "",
  ]);
});

test("terminal() breaks a long note into lines instead of letting it wrap or losing its end", () => {
  const { root, screen } = started(createScreen(20));
  root.note("this note is longer than the screen 世界世界世界世界世界世界");
  vi.advanceTimersByTime(100);
  expect(screen.lines).toEqual([
    "review: this note",
    "is longer than the",
    "screen 世界世界世界",
    "世界世界世界",
    "review 0% 0/10 cel…",
    "",
  ]);
  expect(screen.overflowed).toBe(false);
});

test("terminal() draws at most fps frames a second and the newest values last", () => {
  for (const fps of [1, 10, 25]) {
    const { root, screen } = started(createScreen(), { fps });
    for (let ms = 0; ms < 1000; ms++) {
      root.add(0.001);
      root.update({ message: `at ${ms}` });
      vi.advanceTimersByTime(1);
    }
    expect(screen.writes.length).toBeLessThanOrEqual(fps + 1);
    // The throttle of the run, then that of the frames.
    vi.advanceTimersByTime(1100);
    expect(screen.lines.at(-2)).toContain("at 999");
    root.end();
  }
});

test("terminal() draws every event when fps is Infinity", () => {
  const { root, screen } = started(createScreen(), { fps: Infinity });
  for (const name of ["a", "b", "c"]) root.child(name);
  expect(screen.writes.length).toBe(4);
});

test("terminal() lets the times move on while nothing is told, and writes nothing else", () => {
  const { root, screen } = started();
  vi.advanceTimersByTime(60_000);
  expect(screen.lines).toEqual(["review [----------] 0% 0/10 cells 1m 00s", ""]);
  expect(screen.writes.length).toBeLessThanOrEqual(61);
  root.end();
});

test("terminal() folds a tree taller than the screen into the count of what is left out", () => {
  const { root, screen } = started(createScreen(80, 6));
  const children = Array.from({ length: 20 }, (_, index) => root.child(`n${index}`));
  vi.advanceTimersByTime(1000);
  expect(screen.lines.map((line) => line.split(" ")[line.startsWith(" ") ? 2 : 0])).toEqual([
    "review",
    "n0",
    "n1",
    "n2",
    "+17",
    "",
  ]);
  expect(screen.lines.at(-2)).toBe("+17 more");
  for (const child of children.slice(0, 16)) child.end();
  vi.advanceTimersByTime(1000);
  expect(screen.lines.length).toBe(6);
  expect(screen.lines.join()).not.toContain("more");
  root.end();
  expect(screen.escaped).toBe(false);
});

test("terminal() shows the run alone when the screen has room for one line", () => {
  const { root, screen } = started(createScreen(80, 2));
  root.child("a");
  vi.advanceTimersByTime(1100);
  expect(screen.lines).toEqual(["review [----------] 0% 0/10 cells 1s", ""]);
});

test("terminal() takes 80 columns and 24 rows when the stream says nothing usable", () => {
  for (const size of [undefined, 0, 1, Number.NaN, -5, Infinity]) {
    const written = textStream();
    const sink = terminal({ stream: { ...written, isTTY: true, columns: size, rows: size }, color: false });
    const root = createProgress({ sinks: [sink] });
    const children = Array.from({ length: 30 }, () => root.child("x".repeat(30)));
    for (const child of children) child.update({ message: "m".repeat(200) });
    vi.advanceTimersByTime(1000);
    const last = written.written.at(-1) ?? "";
    const shown = plain(last).split("\n");
    expect(shown.length - 1).toBe(23);
    expect(Math.max(...shown.map(({ length }) => length))).toBe(79);
    sink.close();
    root.end();
  }
});

test("terminal() hides the cursor while it draws and gives it back at the end of the run", () => {
  const { root, screen } = started();
  root.child("a");
  vi.advanceTimersByTime(500);
  expect(screen.cursorHidden).toBe(true);
  expect(screen.wrapOff).toBe(false);
  root.end("failed");
  expect(screen.cursorHidden).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("terminal() keeps the cursor hidden until the last of several runs has ended", () => {
  const screen = createScreen();
  const sink = terminal({ stream: screen, color: false });
  const [one, two] = ["one", "two"].map((name) => createProgress({ name, sinks: [sink] }));
  one?.end();
  expect(screen.cursorHidden).toBe(true);
  two?.end();
  expect(screen.cursorHidden).toBe(false);
  const three = createProgress({ name: "three", sinks: [sink] });
  vi.advanceTimersByTime(100);
  expect(screen.cursorHidden).toBe(true);
  three.end();
  expect(screen.lines).toEqual(["one: done in 0s", "two: done in 0s", "three: done in 0s", ""]);
});

test("close() leaves the last frame, gives the cursor back once and ignores what follows", () => {
  const { root, sink, screen } = started();
  root.child("a");
  root.note("found just before");
  const { close } = sink;
  close();
  const { length } = screen.writes;
  close();
  root.note("late");
  root.end();
  vi.advanceTimersByTime(10_000);
  expect(screen.writes.length).toBe(length);
  expect(screen.cursorHidden).toBe(false);
  expect(screen.lines).toEqual([
    "review: found just before",
    "review [----------] 0% 0/10 cells 0s found just before",
    "  a 0s",
    "",
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("close() between two frames leaves no refresh that would hide the cursor again", () => {
  const { root, sink, screen } = started();
  vi.advanceTimersByTime(500);
  sink.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(screen.cursorHidden).toBe(false);
  root.end();
});

test("terminal() writes no frame that looks like the one before", () => {
  const { root, screen } = started();
  root.update({ message: "same" });
  vi.advanceTimersByTime(200);
  const { length } = screen.writes;
  for (let i = 0; i < 5; i++) {
    root.update({ message: "same" });
    vi.advanceTimersByTime(100);
  }
  expect(screen.writes.length).toBe(length);
  root.end();
});

test("terminal() ends a line at its first cut", () => {
  const screen = createScreen(20);
  const root = createProgress({
    name: "review",
    total: 10,
    unit: "世界世",
    sinks: [terminal({ stream: screen, color: false })],
  });
  // One column is left after the cut: not enough for a wide character, and not meant for the next piece.
  expect(screen.lines[0]).toBe("review 0% 0/10 世…");
  root.end();
});

test("close() writes nothing when nothing was drawn", () => {
  const screen = createScreen();
  terminal({ stream: screen }).close();
  expect(screen.writes).toEqual([]);
});

test("close() gives the cursor back also when the stream failed before, told once", () => {
  const written: string[] = [];
  let broken = true;
  const stream = {
    isTTY: true,
    write(text: string) {
      if (broken) throw new Error("EIO");
      written.push(text);
    },
  };
  const logger = { warn: vi.fn<(context: object, message: string) => void>() };
  const sink = terminal({ stream, logger });
  const root = createProgress({ sinks: [sink], logger });
  root.child("a");
  vi.advanceTimersByTime(5000);
  broken = false;
  sink.close();
  expect(written.join("")).toContain("\x1b[?25h");
  expect(logger.warn.mock.calls).toEqual([
    [{ error: new Error("EIO") }, "A progress frame could not be written"],
  ]);
  root.end();
});

test("terminal() stays within the screen and holds no control byte but its own, for hostile text on any screen", () => {
  const piece = fc.constantFrom(
    "\x1b[2J",
    "\x1b]8;;https://evil.example\x07",
    "\x1bPq\x1b\\",
    "\x9b31m",
    "\r\n",
    "\b\x07",
    "\u202e",
    "世界",
    "e\u0301\u0301",
    "😀",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "한국어",
    "plain text ",
    "x".repeat(50),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const size = fc.integer({ min: 2, max: 60 });
  fc.assert(
    fc.property(
      size,
      size,
      fc.array(text, { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      (columns, rows, texts, color) => {
        const { root, screen } = started(createScreen(columns, rows), { color });
        let node = root;
        texts.forEach((words, index) => {
          node = (index % 3 === 0 ? node : root).child(words, { total: 3, unit: words });
          node.phase(words, words);
          node.add();
          if (index % 4 === 0) node.note(words, "error");
          if (index % 5 === 0) node.end("failed", words);
          vi.advanceTimersByTime(index % 2 === 0 ? 40 : 400);
        });
        root.end();
        expect([screen.overflowed, screen.escaped, screen.cursorHidden]).toEqual([false, false, false]);
        expect(screen.lines.at(-1)).toBe("");
      },
    ),
    { numRuns: 200 },
  );
});

test("terminal() cleans events that nobody cleaned before", () => {
  const { sink, screen } = started();
  const hostile = "a\x1b]52;c;eA==\x07\r\nb\u202ec\x9b2J";
  const fields = { v: 1, seq: 1, ts: 0, rootId: "x", nodeId: "x", kind: "run", status: "running" } as const;
  for (const type of ["start", "phase", "note"] as const) {
    sink.emit({
      ...fields,
      type,
      name: hostile,
      phase: hostile,
      unit: hostile,
      message: hostile,
      current: 1,
    });
  }
  vi.advanceTimersByTime(100);
  expect(screen.lines[0]).toBe("a bc: a bc");
  expect(screen.lines.join("\n")).toContain("a bc 1 a bc");
});

test("terminal() uses the width function it is given, and its own where that has no answer", () => {
  const failing = (): number => {
    throw new Error("no width");
  };
  const cases = [
    [(text: string) => text.length * 5, "  äö… 0s"],
    [() => Number.NaN, "  äöüÄÖÜ 0s"],
    [() => -1, "  äöüÄÖÜ 0s"],
    [failing, "  äöüÄÖÜ 0s"],
  ] as const;
  for (const [width, expected] of cases) {
    const { root, screen } = started(createScreen(40), { width });
    root.child("äöüÄÖÜ");
    vi.advanceTimersByTime(200);
    expect(screen.lines[1]).toBe(expected);
    root.end();
  }
});

test("terminal() has a line clipped that is wider than it was measured", () => {
  const { root, screen } = started(createScreen(20), { width: () => 0 });
  root.update({ message: "ö".repeat(100) });
  root.note("ü".repeat(100));
  vi.advanceTimersByTime(200);
  expect([screen.overflowed, screen.wrapped, screen.wrapOff]).toEqual([true, false, false]);
  root.end();
});

test("terminal() erases all of its lines when the window was made narrower and broke them anew", () => {
  const screen = createScreen(60);
  const { root } = started(screen);
  root.update({ message: "m".repeat(100) });
  vi.advanceTimersByTime(200);
  const before = screen.writes.length;
  screen.columns = 20;
  root.update({ message: "short" });
  vi.advanceTimersByTime(200);
  // One line of 59 columns takes three rows of 20.
  expect(screen.writes[before]).toContain("\r\x1b[3A");
});

test("terminal() paints with color and only then", () => {
  for (const color of [true, false]) {
    const screen = createScreen();
    const { root } = started(screen, { color });
    root.note("careful", "warn");
    root.note("broken", "error");
    root.end("cancelled");
    const painted = screen.writes.join("");
    expect(painted.includes("\x1b[33mreview: warning: careful\x1b[0m")).toBe(color);
    expect(painted.includes("\x1b[31mreview: error: broken\x1b[0m")).toBe(color);
    expect(painted.includes("\x1b[0m")).toBe(color);
  }
});

test("terminal() writes plain lines when the stream is no terminal, until it is closed", () => {
  for (const isTTY of [false, undefined]) {
    const stream = textStream();
    const sink = terminal({ stream: { ...stream, isTTY } });
    const root = createProgress({ name: "review", sinks: [sink] });
    root.note("found");
    sink.close();
    root.end();
    expect(stream.written).toEqual(["review: started\n", "review: found\n"]);
  }
});

test("terminal() forgets ended nodes: 50,000 of them leave nothing on the heap", () => {
  vi.useRealTimers();
  const stream = { isTTY: true, columns: 80, rows: 24, write: () => true };
  const root = createProgress({ sinks: [terminal({ stream })] });
  const heapAfter = (count: number): number => {
    for (let i = 0; i < count; i++) {
      const child = root.child(`cell ${i}`);
      child.note("found");
      child.end("failed");
    }
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  // What is compiled on the way comes and goes; what is kept would be there in every round.
  const before = heapAfter(5_000);
  const rounds = Array.from({ length: 5 }, () => heapAfter(50_000));
  expect(Math.min(...rounds) - before).toBeLessThan(1_000_000);
  root.end();
}, 60_000);

test("terminal() does not keep the process alive while a run is open", () => {
  const [index, entry] = ["index", "terminal"].map(
    (name) => new URL(`../src/${name}.ts`, import.meta.url).href,
  );
  const script = `
    import { createProgress } from ${JSON.stringify(index)};
    import { terminal } from ${JSON.stringify(entry)};
    const sink = terminal({ stream: { isTTY: true, write: (text) => process.stdout.write(text) } });
    process.once("exit", sink.close);
    createProgress({ sinks: [sink] }).add();
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  expect(output.endsWith("\x1b[?25h")).toBe(true);
});

test("terminal() refuses bad options", () => {
  const screen = createScreen();
  for (const [options, error] of [
    [
      { stream: {} },
      new TypeError("Cannot create terminal sink: 'stream' must have a 'write' function: received an object"),
    ],
    [
      { fps: 0 },
      new RangeError(
        "Cannot create terminal sink: 'fps' must be a whole number of at least 1, or Infinity: received 0",
      ),
    ],
    [{ width: 5 }, new TypeError("Cannot create terminal sink: 'width' must be a function: received 5")],
    [{ clock: 5 }, new TypeError("Cannot create terminal sink: 'clock' must be a function: received 5")],
  ] as const) {
    expect(() => terminal({ stream: screen, ...options } as never)).toThrowError(error);
  }
});

test("terminal() takes the process's own streams and is a sink", () => {
  expectTypeOf(process.stderr).toExtend<TerminalStream>();
  expectTypeOf(terminal).returns.toExtend<Sink>();
});

test("terminal() reports a frame that a promise of the stream says was not written", async () => {
  vi.useRealTimers();
  const failure = new Error("EIO");
  const logger = { warn: vi.fn<(context: object, message: string) => void>() };
  const stream = { write: () => Promise.reject(failure), isTTY: true };
  createProgress({ sinks: [terminal({ stream, logger })] }).end();
  await vi.waitFor(() =>
    expect(logger.warn.mock.calls).toEqual([[{ error: failure }, "A progress frame could not be written"]]),
  );
});
