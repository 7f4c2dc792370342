import fc from "fast-check";
import { expect, test } from "vitest";
import { requireDistinctNames, unsafeNameReason } from "../src/file/file-name.ts";

test.each([
  "report.md",
  "findings.sarif",
  ".env",
  "-rf",
  "a b (1)",
  "Bericht größe.md",
  "日本.txt",
  "👩‍💻.png",
  "..a",
  "console.log",
  "com.txt",
  "com10",
  "aux-1.txt",
  "a".repeat(255),
])("unsafeNameReason() finds nothing wrong with the plain name %j", (name) => {
  expect(unsafeNameReason(name)).toBeUndefined();
});

test.each([
  ["", "it is empty"],
  [".", "it names a folder"],
  ["..", "it names a folder"],
  ["../a", 'it holds a separator or one of < > : " | ? *'],
  ["a/b", 'it holds a separator or one of < > : " | ? *'],
  ["a\\b", 'it holds a separator or one of < > : " | ? *'],
  ["/etc/passwd", 'it holds a separator or one of < > : " | ? *'],
  ["C:a", 'it holds a separator or one of < > : " | ? *'],
  ["report.md:hidden", 'it holds a separator or one of < > : " | ? *'],
  ["a?b", 'it holds a separator or one of < > : " | ? *'],
  ["a\0b", "it holds a control or bidi character"],
  ["a\nb", "it holds a control or bidi character"],
  ["a\tb", "it holds a control or bidi character"],
  ["a\u001b[2Jb", "it holds a control or bidi character"],
  ["a\u0085b", "it holds a control or bidi character"],
  ["invoice\u202egpj.exe", "it holds a control or bidi character"],
  ["a\u061cb", "it holds a control or bidi character"],
  ["a\ud800b", "it is not well-formed Unicode"],
  ["a.", "it ends with a dot or a space"],
  ["a ", "it ends with a dot or a space"],
  ["...", "it ends with a dot or a space"],
  ["CON", "it names a device on Windows"],
  ["nul.txt", "it names a device on Windows"],
  ["Aux .tar.gz", "it names a device on Windows"],
  ["com1", "it names a device on Windows"],
  ["LPT³.log", "it names a device on Windows"],
  ["CONIN$", "it names a device on Windows"],
  ["a".repeat(256), "it is longer than 255 bytes"],
  ["日".repeat(86), "it is longer than 255 bytes"],
])("unsafeNameReason() refuses %j as %s", (name, reason) => {
  expect(unsafeNameReason(name)).toBe(reason);
});

test("unsafeNameReason() passes no name that leaves its folder, whatever it holds", () => {
  const unit = fc.constantFrom(".", "/", "\\", ":", " ", "a", "\0", "\u202e", "é", "\ud800");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 6 }), (name) => {
      fc.pre(unsafeNameReason(name) === undefined);
      expect(name).toMatch(/^[.a é]*[aé]$/);
    }),
  );
});

test("requireDistinctNames() throws DELIVER_UNSAFE_NAME with a name that is safe to show", () => {
  expect(() => requireDistinctNames(["a", "b\u001b[2J/\u202ec"])).toThrow(
    expect.objectContaining({
      code: "DELIVER_UNSAFE_NAME",
      message: 'Cannot write file "b/c": it holds a separator or one of < > : " | ? *',
    }),
  );
});

test.each([
  ["a.md", "a.md"],
  ["a.md", "A.MD"],
  ["caf\u00e9", "cafe\u0301"],
  ["CAF\u00c9", "cafe\u0301"],
  ["stra\u00dfe", "STRASSE"],
  ["\u212a", "k"],
  ["\u017fet", "SET"],
  ["\u03bf\u03b4\u03cc\u03c2", "\u039f\u0394\u038c\u03a3"],
])("requireDistinctNames() refuses %j and %j together with DELIVER_DUPLICATE_NAME", (one, other) => {
  for (const names of [
    [one, other],
    [other, "c", one],
  ]) {
    expect(() => requireDistinctNames(names)).toThrow(
      expect.objectContaining({ code: "DELIVER_DUPLICATE_NAME" }),
    );
  }
});

test("requireDistinctNames() passes names that differ", () => {
  expect(() => requireDistinctNames(["a", "b", "a.b", "ä"])).not.toThrow();
});
