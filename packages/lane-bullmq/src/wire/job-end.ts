import type { JobEnd } from "@executus/lane";
import { interrupted } from "../refusals.ts";
import type { ValueJson } from "./job-data.ts";
import { fromThrownJson, type ThrownJson, toThrownJson } from "./error-json.ts";

/** How a job ended. */
export type Outcome =
  | { readonly end: "finished"; readonly value: unknown }
  | { readonly end: Exclude<JobEnd, "finished">; readonly reason: unknown };

/** The scripts tell the two kinds apart by how the text begins: `e` comes first. */
interface EndJson {
  readonly e: "cancelled" | "failed";
  readonly x: ThrownJson;
  /** Of one that was taken out: which call did it. */
  readonly k?: string;
}

/** What stands in a job's row as the reason of its failure. */
export function endText(end: EndJson["e"], reason: unknown, k?: string): string {
  return JSON.stringify({ e: end, x: toThrownJson(reason), ...(k !== undefined && { k }) } satisfies EndJson);
}

/** Reads a row's end, as the scripts give it: its state, and the JSON of the two ways to end. */
export function readOutcome(lane: string, state: string, value: string, reason: string): Outcome | undefined {
  if (state === "finished")
    return { end: "finished", value: (JSON.parse(value || "{}") as ValueJson | null)?.v };
  if (state !== "cancelled" && state !== "failed") return undefined;
  return { end: state, reason: readReason(lane, reason) };
}

/** A reason that is no JSON is BullMQ's own: it fails what has stalled. */
export function readReason(lane: string, text: string): unknown {
  try {
    const json = JSON.parse(text) as EndJson;
    if (json.x !== undefined) return fromThrownJson(json.x);
  } catch {
    // Not ours.
  }
  return /more than allowable limit/.test(text) || text === "" ? interrupted(lane) : new Error(text);
}
