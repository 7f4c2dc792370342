import type { OutFile, OutMessage } from "@executus/deliver";
import type { AnyAgent, Reply } from "../agents/agent.ts";
import type { MissingFile } from "./result-text.ts";
import type { RunFailure } from "../store/run-store.ts";

/**
 * The key of the one last message of a run, be it the reply or word of a failure: as it is one key, only one of them can ever be
 * recorded. The same as the first `drainId` of the run's bag.
 */
export function replyKey(runId: string): string {
  return `${runId}/0`;
}

export interface ReplyParts {
  readonly runId: string;
  readonly agent: AnyAgent;
  readonly value: unknown;
  readonly files: readonly OutFile[];
  readonly missing: readonly MissingFile[];
}

/** The message that carries a result. Made again after a restart, it is the same. `undefined` if there is nothing to say. */
export function replyMessage({ runId, agent, value, files, missing }: ReplyParts): OutMessage | undefined {
  const { text, format } = readReply(agent.reply ? agent.reply(value) : defaultReply(value));
  const notes = missing.map(({ name, code }) => `Not attached: ${name} (${code})`);
  const whole = [text, ...notes].filter((line) => line !== "").join("\n");
  if (whole === "" && files.length === 0) return undefined;
  return { key: replyKey(runId), text: whole, format, files };
}

/** The message in place of a reply that can never be delivered as it is. */
export function undeliverableMessage(runId: string, agent: string): OutMessage {
  return { key: replyKey(runId), text: `${agent} is done, but its reply cannot be delivered.` };
}

/** The message that says that there is no result. */
export function failureMessage(
  runId: string,
  agent: string,
  state: "failed" | "cancelled",
  { code, message }: RunFailure,
): OutMessage {
  const text =
    state === "cancelled" ? `${agent} was cancelled.` : `${agent} could not finish: ${message} (${code})`;
  return { key: replyKey(runId), text };
}

function readReply(reply: Reply): { readonly text: string; readonly format?: OutMessage["format"] } {
  return typeof reply === "string" ? { text: reply } : reply;
}

function defaultReply(value: unknown): string {
  if (typeof value === "string") return value;
  const { text } = Object(value) as { readonly text?: unknown };
  if (typeof text === "string") return text;
  return value === undefined || value === null ? "" : JSON.stringify(value, undefined, 2);
}
