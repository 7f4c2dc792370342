import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openSession, pty } from "./pty.ts";
import { createScreen } from "./screen.ts";

if (typeof pty === "string") process.stderr.write(`Tests that need a pseudo-terminal are skipped: ${pty}\n`);
const isAbsent = typeof pty === "string";

const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";

/** What a person would see of it. */
function show(output: string, columns: number, rows: number): ReturnType<typeof createScreen> {
  const screen = createScreen(columns, rows);
  // The terminal itself makes each new line two characters.
  screen.write(output.replaceAll("\r\n", "\n"));
  return screen;
}

function count(output: string, code: string): number {
  return output.split(code).length - 1;
}

test.skipIf(isAbsent)(
  "a pseudo-terminal shows notes and a last line, and has its cursor back",
  async () => {
    const session = openSession(["run"], { cols: 80, rows: 24 });
    expect(await session.ended).toBe(0);
    const screen = show(session.output, 80, 24);
    expect(screen.lines).toEqual([
      "a.ts: warning: unused import in a.ts",
      "b.ts: warning: unused import in b.ts",
      "c.ts: warning: unused import in c.ts",
      "review: done in 0s, 3/3 files",
      "",
    ]);
    expect([screen.cursorHidden, screen.wrapOff]).toEqual([false, false]);
    expect(session.output).toContain("\x1b[32m");
  },
  30_000,
);

test.skipIf(isAbsent)(
  "a pseudo-terminal of 20 columns gets no line that wraps",
  async () => {
    const session = openSession(["run"], { cols: 20, rows: 6 });
    expect(await session.ended).toBe(0);
    const screen = show(session.output, 20, 6);
    expect([screen.overflowed, screen.wrapped, screen.escaped]).toEqual([false, false, false]);
    expect(screen.lines.join(" ")).toContain("unused import in");
  },
  30_000,
);

test.skipIf(isAbsent)(
  "a pseudo-terminal that is made narrower gets the next frame in its new size",
  async () => {
    const session = openSession(["wait"], { cols: 80, rows: 24 });
    await session.until("reading");
    const before = session.output.length;
    session.process.resize(20, 6);
    const lastFrame = (): string => session.output.slice(session.output.lastIndexOf("\x1b[?7l"));
    // Frames come by themselves, to let the times move on.
    const fits = (): boolean => session.output.length > before && !show(lastFrame(), 20, 6).overflowed;
    await expect.poll(fits, { timeout: 20_000 }).toBe(true);
    expect(lastFrame()).toContain("…");
    session.process.write("\n");
    expect(await session.ended).toBe(0);
  },
  30_000,
);

test.skipIf(isAbsent)(
  "a pseudo-terminal gets no color when the app says so for NO_COLOR",
  async () => {
    const session = openSession(["run"], { cols: 80, rows: 24 }, { NO_COLOR: "1" });
    expect(await session.ended).toBe(0);
    // oxlint-disable-next-line no-control-regex
    expect(session.output).not.toMatch(/\x1b\[[0-9;]*m/);
    expect(session.output).toContain(HIDE);
  },
  30_000,
);

test.skipIf(isAbsent)(
  "an app killed by SIGTERM in the middle gives the pseudo-terminal its cursor back",
  async () => {
    const session = openSession(["wait"], { cols: 80, rows: 24 });
    await session.until("reading");
    expect(show(session.output, 80, 24).cursorHidden).toBe(true);
    session.process.kill("SIGTERM");
    expect(await session.ended).toBe(143);
    expect([count(session.output, HIDE), count(session.output, SHOW)]).toEqual([1, 1]);
    const screen = show(session.output, 80, 24);
    expect([screen.cursorHidden, screen.wrapOff]).toEqual([false, false]);
    expect(screen.lines[0]).toContain("review");
  },
  30_000,
);

test.skipIf(isAbsent)(
  "hostile text reaches a pseudo-terminal as plain text",
  async () => {
    const hostile =
      "\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\\x1b[2J\x1b[?1049h\x1bP1$q\x1b\\" +
      "\x9b31m\x9d0;t\x9c\r\n\b\b\x07\u202egnp.exe\u200b\u0301" +
      "漢字".repeat(40);
    const session = openSession(["hostile", hostile], { cols: 40, rows: 10 });
    expect(await session.ended).toBe(0);
    // The screen throws at any control byte or sequence that is not one of ours.
    const screen = show(session.output, 40, 10);
    expect([screen.wrapped, screen.escaped, screen.cursorHidden]).toEqual([false, false, false]);
    expect(screen.lines.join("")).toContain("漢字");
    // oxlint-disable-next-line no-control-regex
    expect(session.output).not.toMatch(/[\u0080-\u009f\u202a-\u202e]|\x1b[\]P^_X]|\x07|\x08/);
  },
  30_000,
);

test("an app whose output is no terminal writes plain lines", () => {
  const app = fileURLToPath(new URL("fixtures/terminal-app.ts", import.meta.url));
  const output = execFileSync(process.execPath, [app, "run"], { encoding: "utf8" });
  expect(output.split("\n").slice(0, 4)).toEqual([
    "review: started",
    "a.ts: started",
    "a.ts: warning: unused import in a.ts",
    "a.ts: done in 0s",
  ]);
  expect(output).not.toContain("\x1b");
}, 30_000);
