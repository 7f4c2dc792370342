import { cleanText } from "./clean-text.ts";

const longest = 80;

/** A value for an error or a list: strings quoted, cleaned for a terminal and cut; objects as their type only. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cut(cleanText(value)));
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return String(value);
  return Array.isArray(value) ? "array" : typeof value;
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text;
}
