import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openJournal, readJournal } from "../src/ledger/journal.ts";

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "crash-journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "a1.log");
}

test("readJournal() gives what was noted, in order, with the boot", () => {
  const path = temporaryPath();
  const journal = openJournal(path);
  journal.note("ended", "a1-0", "finished", 2);
  journal.note("closing");
  expect(readJournal(path, "a1")).toEqual([
    { boot: "a1", word: "ended", about: "a1-0", details: ["finished", "2"] },
    { boot: "a1", word: "closing", about: "-", details: [] },
  ]);
});

test("readJournal() gives nothing when the worker died before it wrote anything", () => {
  expect(readJournal(temporaryPath(), "a1")).toEqual([]);
});

test("readJournal() throws when the last line was cut off", () => {
  const path = temporaryPath();
  appendFileSync(path, "accepted a1-0\naccep");
  expect(() => readJournal(path, "a1")).toThrow("ends in the middle of a line");
});
