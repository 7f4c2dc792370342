import { z } from "zod";
import { checkNames } from "../checks/finding.ts";

/** What a second opinion is asked; like a cell's task it stands in the prompt as one line of JSON. */
const question = z.object({
  path: z.string(),
  check: z.enum(checkNames),
  line: z.number(),
  rule: z.string(),
  question: z.string(),
});
export type Question = z.infer<typeof question>;

/** What the reader of a second opinion is sent to. */
const reading = z.object({ path: z.string(), line: z.number(), question: z.string() });
export type Reading = z.infer<typeof reading>;

const questionPrefix = "Question: ";
const readingPrefix = "Reading: ";

export function writeQuestion(value: Question): string {
  return `${questionPrefix}${JSON.stringify(value)}\nLook at it yourself and end by calling give_opinion once.`;
}

export function isQuestion(text: string): boolean {
  return text.startsWith(questionPrefix);
}

/** @throws {Error} if the text is no question. */
export function readQuestion(text: string): Question {
  return question.parse(jsonBehind(questionPrefix, text));
}

export function writeReading(value: Reading): string {
  return `${readingPrefix}${JSON.stringify(value)}\nRead the lines with read_hunk and say what they do.`;
}

export function isReading(text: string): boolean {
  return text.startsWith(readingPrefix);
}

/** @throws {Error} if the text sends nobody to read. */
export function readReading(text: string): Reading {
  return reading.parse(jsonBehind(readingPrefix, text));
}

function jsonBehind(prefix: string, text: string): unknown {
  return JSON.parse(text.slice(prefix.length).split("\n", 1)[0] ?? "");
}
