import { expect, test } from "vitest";
import type { Caps, OutMessage } from "../src/index.ts";
import { outFile, plan } from "../src/index.ts";

const message: OutMessage = { key: "k", text: "Hello" };
const file = (name: string, size: number) => outFile(name, new Uint8Array(size));

function shape(given: Partial<OutMessage>, caps: Caps, render?: (text: string) => string): unknown {
  const { parts, notes } = plan({ ...message, ...given }, caps, render);
  return {
    parts: parts.map(({ text, files }) => [text, ...files.map(({ name }) => name)]),
    notes: notes.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

test("plan() gives one part with everything where there are no limits", () => {
  const files = [file("a", 1), file("b", 2)];
  expect(plan({ ...message, files }, {})).toEqual({
    parts: [{ index: 0, of: 1, key: "k/0", text: "Hello", files, message: { ...message, files } }],
    notes: [],
  });
});

test("plan() renders each part before it is measured, and hands the rendered text on", () => {
  const text = "&".repeat(100);
  const { parts } = plan({ ...message, text }, { maxText: 100 }, (piece) => piece.replaceAll("&", "&amp;"));
  expect(parts.map((part) => part.text)).toEqual(Array.from({ length: 5 }, () => "&amp;".repeat(20)));
  expect(parts.map(({ key, index, of }) => [key, index, of])[4]).toEqual(["k/4", 4, 5]);
});

test("plan() balances fences where the platform shows them and the text is markdown", () => {
  const text = `\`\`\`ts\n${"let a;\n".repeat(20)}\`\`\``;
  const caps = { maxText: 100, fences: true };
  expect(plan({ ...message, text, format: "markdown" }, caps).parts[1]?.text).toMatch(/^```ts\n/);
  expect(plan({ ...message, text }, caps).parts[1]?.text).toMatch(/^let a;/);
});

test("plan() puts files with the last text, and into more parts where they do not fit", () => {
  const files = [file("a", 40), file("b", 40), file("c", 40), file("d", 1)];
  expect(shape({ text: "x".repeat(100), files }, { maxText: 64, maxFiles: 2 })).toEqual({
    parts: [["x".repeat(64)], ["x".repeat(36), "a", "b"], ["", "c", "d"]],
    notes: ["split: 3 parts"],
  });
  expect(shape({ files }, { maxRequestBytes: 100 })).toEqual({
    parts: [
      ["Hello", "a", "b"],
      ["", "c", "d"],
    ],
    notes: ["split: 2 parts"],
  });
  expect(shape({ files: [file("a", 98)] }, { maxRequestBytes: 100 })).toEqual({
    parts: [["Hello"], ["", "a"]],
    notes: ["split: 2 parts"],
  });
});

test("plan() says in the text and in a note which files cannot go", () => {
  const files = [file("big.zip", 101), file("ok", 1)];
  expect(shape({ files }, { maxFileBytes: 100 })).toEqual({
    parts: [['Hello\n\nFiles not delivered here:\n- "big.zip" (101 bytes)\n', "ok"]],
    notes: ['file-dropped: "big.zip" (101 bytes)'],
  });
  expect(shape({ text: "", files: [file("a", 1)] }, { maxFiles: 0 })).toEqual({
    parts: [['Files not delivered here:\n- "a" (1 byte)\n']],
    notes: ['file-dropped: "a" (1 byte)'],
  });
});

test("plan() plans files without a text", () => {
  expect(shape({ text: "", files: [file("a", 1)] }, { maxText: 64 })).toEqual({
    parts: [["", "a"]],
    notes: [],
  });
});

test("plan() leaves out parts that show nothing", () => {
  const text = `${"a".repeat(64)}${"\n".repeat(128)}b`;
  expect(shape({ text }, { maxText: 64 })).toMatchObject({ notes: ["split: 2 parts"] });
  expect(plan({ ...message, text: "\n" }, {}).parts).toHaveLength(1);
});

test("plan() attaches a text that is too long, where that is asked for or it takes too many parts", () => {
  const text = "x".repeat(300);
  const attached = {
    parts: [["The text is too long for here: it is in the file message.txt.", "message.txt", "a"]],
    notes: ["text-attached: message.txt"],
  };
  const files = [file("a", 1)];
  expect(shape({ text, files, overflow: "attach" }, { maxText: 64 })).toEqual(attached);
  expect(shape({ text, files }, { maxText: 64, maxParts: 4 })).toEqual(attached);
  expect(shape({ text, files }, { maxText: 64, maxParts: 5 })).toMatchObject({ notes: ["split: 5 parts"] });
});

test("plan() attaches the whole text, byte for byte", async () => {
  const text = "é&".repeat(100);
  const escape = (piece: string): string => piece.replaceAll("&", "&amp;");
  const [part] = plan(
    { ...message, text, format: "markdown", overflow: "attach" },
    { maxText: 64 },
    escape,
  ).parts;
  expect(part?.files[0]).toMatchObject({ name: "message.md", mediaType: "text/markdown", size: 300 });
  expect(await new Response(part?.files[0]?.stream()).text()).toBe(text);
});

test("plan() says how much of a truncated text is missing", () => {
  const text = "x".repeat(1_000);
  expect(shape({ text, overflow: "truncate" }, { maxText: 164 })).toEqual({
    parts: [[`${"x".repeat(100)}\n… (900 characters left out)`]],
    notes: ["truncated: 900 characters left out"],
  });
  expect(shape({ text }, { maxText: 164, maxParts: 2, maxFiles: 0 })).toEqual({
    parts: [["x".repeat(100)], [`${"x".repeat(100)}\n… (800 characters left out)`]],
    notes: ["truncated: 800 characters left out", "split: 2 parts"],
  });
});

test.each(["utf16", "utf8", "codepoints"] as const)(
  "plan() keeps a truncated text within 64 of %s too",
  (measure) => {
    const text = "```ts\n" + "🦊".repeat(100);
    const given = { ...message, text, format: "markdown", overflow: "truncate" } as const;
    const [part] = plan(given, { maxText: 64, measure, fences: true }).parts;
    expect(new TextEncoder().encode(part?.text).length).toBeLessThanOrEqual(64);
  },
);

test("plan() throws DELIVER_TOO_LONG for a text that does not fit where that is an error", () => {
  expect(() => plan({ ...message, text: "secret".repeat(20), overflow: "error" }, { maxText: 64 })).toThrow(
    expect.objectContaining({
      code: "DELIVER_TOO_LONG",
      message: "Cannot deliver: the text counts 120, and 64 is the most here",
    }),
  );
});

test.each([{ maxText: 63 }, { maxFiles: -1 }, { maxParts: 0 }, { maxFileBytes: Number.NaN }])(
  "plan() throws a RangeError for caps of %j",
  (caps) => {
    expect(() => plan(message, caps)).toThrow(RangeError);
  },
);
