import { requireObject, requireOneOf } from "./check-options.ts";
import { show } from "./show.ts";

/** What a text is counted in: UTF-16 code units (as `length` does), code points, or bytes of UTF-8. */
export type Measure = "utf16" | "codepoints" | "utf8";

/** What a way out can carry. A field that is left out is no limit, `false` or `"none"`. */
export interface Caps {
  /** Longest text of one part, counted after `render`; at least 64. @default Infinity */
  readonly maxText?: number | undefined;
  /** What `maxText` counts. @default "utf16" */
  readonly measure?: Measure | undefined;
  /** A text that needs more parts is attached as a file, or cut where no files go. At least 1. @default Infinity */
  readonly maxParts?: number | undefined;
  /** Files in one part; 0 is none at all. @default Infinity */
  readonly maxFiles?: number | undefined;
  /** @default Infinity */
  readonly maxFileBytes?: number | undefined;
  /** Text and files of one part together. @default Infinity */
  readonly maxRequestBytes?: number | undefined;
  /** If fenced code is shown as such: then a fence that a cut goes through is closed and opened again. @default false */
  readonly fences?: boolean | undefined;
  /** `key`: a part that arrives twice with one key is shown once, however much later. @default "none" */
  readonly dedupe?: "none" | "key" | undefined;
}

/** Every field with its value. */
export type FullCaps = { readonly [Name in keyof Caps]-?: Exclude<Caps[Name], undefined> };

/** Fills in what is left out. What it throws names the transport. */
export function readCaps(caps: Caps, transport: string): FullCaps {
  const of = (name: string): string => `Cannot deliver: '${name}' of transport ${show(transport)}`;
  requireObject(caps, of("caps"));
  const { maxText = Infinity, maxParts = Infinity, maxFiles = Infinity } = caps;
  const { maxFileBytes = Infinity, maxRequestBytes = Infinity } = caps;
  const { measure = "utf16", fences = false, dedupe = "none" } = caps;
  const least = { maxText: 64, maxParts: 1, maxFiles: 0, maxFileBytes: 0, maxRequestBytes: 0 };
  const limits = { maxText, maxParts, maxFiles, maxFileBytes, maxRequestBytes };
  for (const [name, minimum] of Object.entries(least)) {
    const value = limits[name as keyof typeof least];
    if (typeof value === "number" && value >= minimum) continue;
    throw new RangeError(`${of(name)} must be a number of at least ${minimum}: received ${show(value)}`);
  }
  requireOneOf(measure, of("measure"), ["utf16", "codepoints", "utf8"]);
  requireOneOf(dedupe, of("dedupe"), ["none", "key"]);
  return { ...limits, measure, fences, dedupe };
}
