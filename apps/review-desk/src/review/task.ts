import { z } from "zod";
import { checkNames } from "../checks/finding.ts";

/** What one cell is asked to do. It stands in the prompt as one line of JSON, so that any path survives. */
const task = z.object({
  path: z.string(),
  reviewer: z.string(),
  check: z.enum(checkNames),
  status: z.string(),
  /** First and last of each run of changed lines; absent if the whole file is reviewed. */
  changedLines: z.array(z.tuple([z.number(), z.number()])).optional(),
});
export type Task = z.infer<typeof task>;

const prefix = "Task: ";

/** The user message of a cell. */
export function writeTask(value: Task): string {
  return `${prefix}${JSON.stringify(value)}\nReview this file and end by calling report_findings once.`;
}

/** Returns if the text of a user message is a cell's task. */
export function isTask(text: string): boolean {
  return text.startsWith(prefix);
}

/**
 * The task in a cell's user message.
 *
 * @throws {Error} if the text holds none.
 */
export function readTask(text: string): Task {
  const line = text.split("\n").find((candidate) => candidate.startsWith(prefix));
  if (line === undefined) throw new Error("Cannot answer: the prompt holds no task");
  return task.parse(JSON.parse(line.slice(prefix.length)));
}
