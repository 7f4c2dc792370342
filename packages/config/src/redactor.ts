import { entriesOf } from "./plain-data.ts";
import { mask } from "./secret.ts";

/** Shorter texts stand in ordinary words by chance. */
const minLength = 8;

/** Replaces secrets in a text. */
export type Redactor = (text: string) => string;

/**
 * Makes a redactor of some texts: as they are, as in JSON, in an address or form, and in base64 wherever in the encoded
 * text they begin. Texts of less than 8 characters are left alone.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const forms = [...new Set([...secrets].filter(({ length }) => length >= minLength).flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  // The longest first, else what is left of a long one would stay.
  const escaped = forms.toSorted((one, other) => other.length - one.length).map(escape);
  const pattern = new RegExp(escaped.join("|"), "g");
  return (text) => text.replaceAll(pattern, mask);
}

/** Every text in a value, at any depth. The value may hold itself. */
export function textsIn(value: unknown): readonly string[] {
  const texts: string[] = [];
  const values = new Set([value]);
  for (const each of values) {
    if (typeof each === "string") texts.push(each);
    else if (typeof each === "number" || typeof each === "bigint") texts.push(String(each));
    else for (const item of itemsOf(each)) values.add(item);
  }
  return texts;
}

/** None where they cannot be read: what throws shows nothing either. */
function itemsOf(value: unknown): readonly unknown[] {
  try {
    return entriesOf(value).map(([, item]) => item);
  } catch {
    return [];
  }
}

function formsOf(secret: string): readonly string[] {
  const wellFormed = secret.toWellFormed();
  const base64 = [0, 1, 2].map((offset) => base64At(new TextEncoder().encode(wellFormed), offset));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([["", wellFormed]]).toString().slice(1),
    ...base64,
    ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** The characters of base64 that depend on these bytes alone, if `offset` others (modulo 3) come before them. */
function base64At(bytes: Uint8Array, offset: number): string {
  const before = String.fromCharCode(0).repeat(offset);
  const text = btoa(before + Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
