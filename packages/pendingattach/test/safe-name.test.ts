import fc from "fast-check";
import filenamify from "filenamify";
import { expect, test } from "vitest";
import { safeName } from "../src/index.ts";
import { allHostileNames, hostileNames } from "./hostile-names.ts";
import { propertyRuns } from "./internal/property-runs.ts";

const separators = /[/\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\uff0f\uff3c\ufe68]/;
const controls = /[\p{Cc}\u2028\u2029]/u;
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const device = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/** What is wrong with a name that should be safe. */
function faults(name: string, maxBytes: number): string[] {
  const checks: Readonly<Record<string, boolean>> = {
    empty: name === "",
    separator: separators.test(name),
    control: controls.test(name),
    bidi: bidi.test(name),
    "invisible character": /[\u200b\ufeff\u2060-\u2064\u00ad\u180e\u3164\u{e0000}-\u{e0fff}]/u.test(name),
    "stray joiner": /^[\u200c-\u200d]|[\u200c-\u200d](?:[\u200c-\u200d.\s]|$)/.test(name),
    "forbidden on Windows": /[<>:"|?*]/.test(name),
    "percent-encoded": /%[0-9a-f]{2}/i.test(name),
    "ill-formed": !name.isWellFormed(),
    "not NFC": name.normalize("NFC") !== name,
    hidden: name.startsWith("."),
    option: name.startsWith("-"),
    edge: name.trim() !== name || name.endsWith("."),
    device: device.test(name),
    long: Buffer.byteLength(name) > maxBytes,
    unstable: safeName(name, { maxBytes }) !== name,
  };
  return Object.keys(checks).filter((fault) => checks[fault]);
}

test("safeName() makes every name of a corpus of 700 hostile ones safe, and the same if it is made so again", () => {
  expect(allHostileNames.length).toBeGreaterThan(700);
  const faulty = allHostileNames.flatMap((raw) =>
    [16, 40, 120, 255].map((maxBytes) => [raw, maxBytes, faults(safeName(raw, { maxBytes }), maxBytes)]),
  );
  expect(faulty.filter(([, , found]) => (found as string[]).length > 0)).toEqual([]);
});

test("safeName() makes any text safe, and the same if it is made so again", () => {
  const hostile = fc.constantFrom(...allHostileNames);
  const few = "./\\-_ %2f:\u202e\u200d\u200b\u0301\ufe0f".split("");
  const nasty = fc.constantFrom(...few, "\ud83d", "\ude00", "👩‍💻", "CON", ".exe", "é");
  const raw = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: nasty, maxLength: 200 }),
    fc.array(fc.oneof(hostile, nasty), { maxLength: 6 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(raw, fc.integer({ min: 16, max: 255 }), (text, maxBytes) => {
      expect(faults(safeName(text, { maxBytes }), maxBytes)).toEqual([]);
    }),
    propertyRuns("names", 3_000, 300_000),
  );
});

test("safeName() cuts a name between two characters and keeps its extension", () => {
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const character of ["a", "é", "中", "👩‍💻", "🇩🇪", "क्षि", "e\u0323\u0302"]) {
    const whole = character.normalize("NFC");
    for (let maxBytes = 40; maxBytes <= 80; maxBytes += 1) {
      const name = safeName(`${character.repeat(100)}.json`, { maxBytes });
      expect(name).toMatch(/\.json$/);
      const stem = name.slice(0, -".json".length);
      const size = Buffer.byteLength(whole);
      // As many whole characters as there is room for.
      expect(stem).toBe(whole.repeat(Math.floor((maxBytes - 5) / size)));
      expect([...graphemes.segment(stem)].every(({ segment }) => segment === whole)).toBe(true);
    }
  }
});

test("safeName() keeps what people write: joiners between letters and in emoji, any script, brackets", () => {
  const kept = ["👩‍💻.png", "👩🏽‍🚀 log.txt", "❤️‍🔥.png", "می‌خواهم.txt", "क्‍ष.txt", "a\u200db.txt"];
  for (const name of [...kept, ...(hostileNames["ordinary"] ?? [])]) expect(safeName(name)).toBe(name);
});

test.each([
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\ada\\report.docx", "report.docx"],
  ["out/charts/", "charts"],
  ["a\u2044b.txt", "a_b.txt"],
  ["a%2fb.txt", "a_2fb.txt"],
  ["invoice\u202egpj.exe", "invoicegpj.exe"],
  ["a\r\nX: y.txt", "a X_ y.txt"],
  ['a"; filename="b.exe', "a_; filename=_b.exe"],
  [".env", "env"],
  ["-rf", "rf"],
  ["CON.txt", "_CON.txt"],
  ["COM¹", "_COM¹"],
  ["CON .txt", "_CON.txt"],
  ["report.txt. .", "report.txt"],
  ["e\u0301.txt", "é.txt"],
  ["\ud800a.txt", "a.txt"],
  ["a\u200d\u200db.txt", "ab.txt"],
  ["1\ufe0f.txt", "1.txt"],
  ["...", "file"],
  ["", "file"],
])("safeName(%j) is %j", (raw, name) => {
  expect(safeName(raw)).toBe(name);
});

test("safeName() gives a name without an extension that of its media type", () => {
  expect(safeName(undefined, { mediaType: "image/png" })).toBe("file.png");
  expect(safeName("chart", { mediaType: "image/png" })).toBe("chart.png");
  expect(safeName("chart.bin", { mediaType: "image/png" })).toBe("chart.bin");
  expect(safeName("setup", { mediaType: "application/x-msdownload" })).toBe("setup");
  expect(safeName("x", { mediaType: "constructor" })).toBe("x");
});

test("safeName() makes its fallback safe as well", () => {
  expect(safeName("...", { fallback: "../report" })).toBe("report");
  expect(safeName("...", { fallback: "..." })).toBe("file");
});

test.each([
  [15, RangeError],
  [256, RangeError],
  [Number.NaN, RangeError],
  [Infinity, RangeError],
  ["20", TypeError],
])("safeName() refuses maxBytes %j", (maxBytes, kind) => {
  expect(() => safeName("a", { maxBytes: maxBytes as number })).toThrow(kind);
});

test("safeName() takes a hostile name of a million characters in no time that grows with its square", () => {
  for (const part of ["/", ".", " ", "\u200d", "a/", ". ", "\u0301", "%2f", "<"]) {
    expect(safeName(`${part.repeat(1_000_000)}x`).length).toBeGreaterThan(0);
  }
});

test("safeName() leaves nothing that filenamify would replace, but a joiner between letters and U+FFFD", () => {
  const left = allHostileNames.map((raw) => safeName(raw).replace(/[\u200c\ufffd]/g, ""));
  expect(left.map((name) => filenamify(name, { replacement: "_", maxLength: 1_000 }))).toEqual(left);
});
