import { isReserved } from "./source.ts";

/** Deeper data is refused, and so is data that contains itself. */
const maxDepth = 64;

/** True for an object literal, also one without a prototype. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The items of an array or record, with their names. Empty for everything else. */
export function entriesOf(value: unknown): readonly (readonly [name: string, item: unknown])[] {
  return Array.isArray(value) || isRecord(value) ? Object.entries(value) : [];
}

/** True if arrays and records in it are too deep, or a name in them could reach for a prototype. */
export function hasReservedName(value: unknown, depth: number = maxDepth): boolean {
  if (depth === 0) return true;
  return entriesOf(value).some(([name, item]) => isReserved(name) || hasReservedName(item, depth - 1));
}

/** Equal as data: arrays and records by what is in them, the rest as `Object.is`. What cannot be read equals nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  try {
    return isEqual(one, other);
  } catch {
    return false;
  }
}

function isEqual(one: unknown, other: unknown, depth: number = maxDepth): boolean {
  if (Object.is(one, other)) return true;
  if (depth === 0 || Array.isArray(one) !== Array.isArray(other)) return false;
  if (!Array.isArray(one) && !(isRecord(one) && isRecord(other))) return false;
  const items = Object.entries(one);
  const others = other as Readonly<Record<string, unknown>>;
  if (items.length !== Object.keys(others).length) return false;
  return items.every(([name, item]) => Object.hasOwn(others, name) && isEqual(item, others[name], depth - 1));
}
