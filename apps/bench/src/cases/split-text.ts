import { splitText } from "@executus/deliver";
import { splitTime, textOf } from "../drivers/split-text.ts";
import type { Case, Entry } from "../measure/case.ts";

const megabyte = 1_000_000;
const limit = 2_000;

const code = `# Title\n\nSome words.\n\n\`\`\`ts\n${"const a = 1;\n".repeat(300)}\`\`\`\n\n`;
const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const ours: readonly (readonly [name: string, unit: string, measure?: (text: string) => number])[] = [
  ["markdown with code", code],
  ["words in one line", "lorem ipsum dolor "],
  ["no white space", "a"],
  ["only emoji", "👩‍👩‍👧‍👦"],
  ["only backticks", "`"],
  ["only line breaks", "\n"],
  ["words, escaped for Slack", "lorem & <ipsum> ", (text) => escape(text).length],
];

const raw = entryOf("slices", "raw", "lorem ipsum dolor ", megabyte, slices);

/** What it takes to plan a long reply for a platform that takes 2,000 characters at a time. */
export const splitTextCase: Case = {
  name: "split-text",
  title: "a text of 1,000,000 characters in parts of 2,000, fences balanced",
  columns: ["ms/1,000,000 characters"],
  raw: raw.name,
  process: "case",
  entries: [
    raw,
    ...ours.flatMap(([name, unit, measure]) => {
      const split = (text: string) => splitText(text, limit, { fences: true, measure });
      return [
        entryOf(`splitText, ${name}`, "ours", unit, megabyte, split),
        entryOf(`splitText, ${name}, four times as long`, "ours", unit, 4 * megabyte, split),
      ];
    }),
  ],
  targets: ours.flatMap(([name]) => [
    { level: "must", ours: `splitText, ${name}`, atMost: 80 },
    {
      level: "must",
      ours: `splitText, ${name}, four times as long`,
      against: `splitText, ${name}`,
      // Linear, with room for the garbage collector.
      atMost: 2,
    },
  ]),
};

function entryOf(
  name: string,
  kind: Entry["kind"],
  unit: string,
  count: number,
  split: (text: string) => readonly string[],
): Entry {
  return { name, kind, count, measure: async (characters) => splitTime(split, textOf(unit, characters)) };
}

function slices(text: string): readonly string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += limit) parts.push(text.slice(start, start + limit));
  return parts;
}
