import { isEndStatus } from "./check-options.ts";
import { cleanText } from "./clean-text.ts";
import { formatDuration } from "./format-duration.ts";
import type { OpenNode } from "./open-nodes.ts";
import type { ProgressEvent } from "./progress-event.ts";

const LEVELS: ReadonlyMap<unknown, string> = new Map([
  ["warn", "warning: "],
  ["error", "error: "],
]);

/** One event in words, as one line without its end: `"src/a.ts: done in 12s, 4/4 files"`. */
export function eventLine(event: ProgressEvent, node: OpenNode): string {
  const message = event.message === undefined ? "" : cleanText(event.message);
  switch (event.type) {
    case "start":
      return `${node.label}: started`;
    case "phase":
      return join(`${node.label}: phase ${cleanText(event.phase ?? "")}`, [], message);
    case "note":
      return `${node.label}: ${LEVELS.get(event.level) ?? ""}${message}`;
    case "end": {
      const outcome = `${isEndStatus(event.status) ? event.status : "ended"} in ${formatDuration(event.ts - node.startedAt)}`;
      return join(`${node.label}: ${outcome}`, counts(event), message);
    }
    default:
      return stateLine(node, event.ts);
  }
}

/** Where a node stands: `"review: 45%, 45/100 cells, ETA 12s, reading"`. */
export function stateLine(node: OpenNode, now: number): string {
  const parts = [...figures(node.last, now), ...(node.last.status === "waiting" ? ["waiting"] : [])];
  const text = node.remark ?? cleanText(node.last.phase ?? "");
  return join(`${node.label}: ${parts[0] ?? "running"}`, parts.slice(1), text);
}

/**
 * The numbers of a node, those that it has: `["45%", "45/100 cells", "ETA 12s"]`. An estimate counts down from its
 * event to `now`, and one that has passed is left out.
 */
export function figures(event: ProgressEvent, now: number): string[] {
  const { ratio, etaMs = 0 } = event;
  const found = counts(event);
  const leftMs = etaMs - Math.max(0, now - event.ts);
  // Rounded down: 100% is for what is done.
  if (ratio !== undefined) found.unshift(`${Math.floor(ratio * 100)}%`);
  if (leftMs > 0) found.push(`ETA ${formatDuration(Math.round(leftMs / 1000) * 1000)}`);
  return found;
}

function counts({ current, total, unit }: ProgressEvent): string[] {
  if (current === undefined) return [];
  const ofTotal = total === undefined ? "" : `/${round(total)}`;
  return [`${round(current)}${ofTotal}${unit ? ` ${cleanText(unit)}` : ""}`];
}

function round(count: number): string {
  return String(Math.round(count * 10) / 10);
}

function join(head: string, parts: readonly string[], message: string): string {
  return [head, ...parts, ...(message ? [message] : [])].join(", ");
}
