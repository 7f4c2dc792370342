import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Receipt } from "../src/index.ts";

const script = join(import.meta.dirname, "fixtures/stdout-child.ts");

interface Report {
  readonly first: Receipt;
  readonly second: Receipt;
  readonly listeners: readonly number[];
}

function start(lines: number, output: "pipe" | number = "pipe") {
  const child = spawn(process.execPath, [script, String(lines)], { stdio: ["pipe", output, "pipe"] });
  const { stdin, stderr } = child;
  if (!stdin || !stderr) throw new Error("The child has no pipes");
  const ended = Promise.all([text(stderr), once(child, "exit")]);
  const finish = async (): Promise<Report> => {
    const [told, [code]] = await ended;
    if (code !== 0) throw new Error(`The child ended with ${code}: ${told}`);
    return JSON.parse(told) as Report;
  };
  return { child, go: () => stdin.end("go"), finish };
}

/** Windows may have a code of its own for a pipe that nobody reads. */
const reason =
  process.platform === "win32" ? /EPIPE|EOF/ : /^Cannot write to stdout: the reader has closed \(EPIPE\)$/;
const closed = { status: "failed", parts: [{ error: expect.stringMatching(reason) }] };

test("stdout() gives a failed receipt, and ends no process, when the pipe's reader has gone", async () => {
  const { child, go, finish } = start(1);
  child.stdout?.destroy();
  if (child.stdout) await once(child.stdout, "close");
  go();
  const { first, second, listeners } = await finish();
  expect(first).toMatchObject(closed);
  expect(second).toMatchObject(closed);
  expect(listeners).toEqual([0, 0, 0]);
});

test("stdout() gives a failed receipt when the reader goes in the middle of a large text", async () => {
  const { child, go, finish } = start(1_000_000);
  child.stdout?.once("data", () => child.stdout?.destroy());
  go();
  const { first, listeners } = await finish();
  expect(first).toMatchObject(closed);
  expect(listeners).toEqual([0, 0, 0]);
});

test("stdout() loses nothing of a large text when the process exits right after", async () => {
  const { child, go, finish } = start(200_000);
  const output = child.stdout ? text(child.stdout) : Promise.resolve("");
  go();
  expect((await finish()).first.status).toBe("delivered");
  expect((await output).length).toBe(2 * 200_000 * 17);
});

test.skipIf(process.platform !== "linux")(
  "stdout() gives a failed receipt when the disk behind it is full",
  async () => {
    const { go, finish } = start(1, openSync("/dev/full", "w"));
    go();
    const { first, second, listeners } = await finish();
    for (const receipt of [first, second]) {
      expect(receipt.parts[0]?.error).toBe("Cannot write to stdout: disk full (ENOSPC)");
    }
    expect(listeners).toEqual([0, 0, 0]);
  },
);
