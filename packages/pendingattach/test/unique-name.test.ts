import fc from "fast-check";
import { expect, test } from "vitest";
import { safeName, uniqueName } from "../src/index.ts";
import { NameRegister } from "../src/unique-name.ts";
import { allHostileNames } from "./hostile-names.ts";
import { propertyRuns } from "./internal/property-runs.ts";

test("uniqueName() leaves a free name as it is and numbers one that is taken", () => {
  expect(uniqueName("a.txt", new Set())).toBe("a.txt");
  expect(uniqueName("a.txt", new Set(["a.txt"]))).toBe("a (2).txt");
  expect(uniqueName("a.txt", new Set(["a.txt", "A (2).TXT"]))).toBe("a (3).txt");
  expect(uniqueName("README", new Set(["readme"]))).toBe("README (2)");
});

test.each([
  ["A.TXT", "a.txt"],
  ["e\u0301.txt", "é.txt"],
  ["straße.txt", "STRASSE.txt"],
  ["\u212a.txt", "k.txt"],
  ["a\u200db.txt", "ab.txt"],
])("uniqueName() takes %j and %j for the same name", (taken, name) => {
  expect(uniqueName(name, new Set([taken]))).not.toBe(name);
});

test("uniqueName() keeps to maxBytes and to safe names", () => {
  const raw = fc.constantFrom(...allHostileNames);
  fc.assert(
    fc.property(
      raw,
      fc.integer({ min: 16, max: 255 }),
      fc.integer({ min: 1, max: 4 }),
      (text, maxBytes, count) => {
        const taken = new Set<string>();
        for (let left = count; left >= 0; left -= 1) {
          const name = uniqueName(safeName(text, { maxBytes }), taken, { maxBytes });
          expect(taken).not.toContain(name);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(maxBytes);
          expect(safeName(name, { maxBytes })).toBe(name);
          taken.add(name);
        }
      },
    ),
    propertyRuns("unique names", 1_000, 100_000),
  );
});

test("claim() tries no number twice, so that 20,000 files of one name are quick", () => {
  const names = new NameRegister();
  const claimed = Array.from({ length: 20_000 }, () => names.claim("report.md", 120));
  expect(new Set(claimed).size).toBe(20_000);
  expect(claimed.at(-1)).toBe("report (20000).md");
});

test("release() of a numbered name lets the next file have its number", () => {
  const names = new NameRegister();
  const claimed = Array.from({ length: 5 }, () => names.claim("a.txt", 120));
  for (const name of ["a (4).txt", "a (3).txt"]) names.release(name);
  expect(claimed.at(-1)).toBe("a (5).txt");
  expect(Array.from({ length: 3 }, () => names.claim("A.txt", 120))).toEqual([
    "A (3).txt",
    "A (4).txt",
    "A (6).txt",
  ]);
});

test("release() makes a name free again", () => {
  const names = new NameRegister();
  names.claim("a.txt", 120);
  names.release("a.txt");
  expect(names.claim("A.txt", 120)).toBe("A.txt");
});
