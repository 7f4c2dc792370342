import { expect, test } from "vitest";
import { isContentOf } from "../../src/repository/blob-content.ts";
import { makeRepository, runGit } from "./sandbox.ts";

test("isContentOf() knows git's ids, and Windows' line ends for the same content", () => {
  const { folder } = makeRepository();
  const id = runGit(folder, ["hash-object", "--stdin"], "a\nb\n");
  expect(isContentOf(id, Buffer.from("a\nb\n"))).toBe(true);
  expect(isContentOf(id, Buffer.from("a\r\nb\r\n"))).toBe(true);
  expect(isContentOf(id, Buffer.from("a\nb"))).toBe(false);
  const stored = runGit(folder, ["hash-object", "--stdin"], "a\r\n");
  expect(isContentOf(stored, Buffer.from("a\r\n"))).toBe(true);
  expect(isContentOf(stored, Buffer.from("a\n"))).toBe(false);
});
