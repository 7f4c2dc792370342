import { show } from "./internal/show.ts";

/** What is dispatched to. */
export interface Target {
  /** Names the target together with `kind`: an agent's name, never a prompt. Not empty. */
  readonly id: string;
  /** The same id under another kind is another target. @default "agent" */
  readonly kind?: string | undefined;
  /** What makes two calls the same call, as `callKey(input)` gives it. @default none: no call is the same as another */
  readonly key?: string | undefined;
}

/** A target as it stands on a path. */
export interface PathEntry {
  readonly kind: string;
  readonly id: string;
}

/** A target with its defaults. */
export interface Call extends PathEntry {
  readonly key: string | undefined;
}

/** @throws {TypeError} unless the target is as documented; `action` opens the message: `"Cannot dispatch"`. */
export function readTarget(target: string | Target, action: string): Call {
  const { id, kind = "agent", key } = typeof target === "string" ? { id: target } : (target ?? {});
  requireName(id, `${action}: the target's 'id'`);
  requireName(kind, `${action}: the target's 'kind'`);
  if (key !== undefined && typeof key !== "string") {
    throw new TypeError(`${action}: the target's 'key' must be a string: received ${show(key)}`);
  }
  return { kind, id, key };
}

function requireName(value: unknown, what: string): void {
  if (typeof value === "string" && value !== "") return;
  throw new TypeError(`${what} must be a string that is not empty: received ${show(value)}`);
}

/** Where calls of the same work meet. Injective: a length stands before each part. */
export function tableKey({ kind, id, key }: Call): string {
  return `${kind.length}:${kind}${id.length}:${id}${key}`;
}

const longestShown = 80;
/** What most names are made of, and what needs no cleaning. */
const plainName = /^[\w .:@/-]{1,80}$/;

/** An id in a sentence: one line, without control, format or direction characters, since a model may have made it up. */
export function showName(id: string): string {
  if (plainName.test(id)) return `"${id}"`;
  const short = id.length > longestShown ? `${id.slice(0, longestShown)}…` : id;
  return `"${short.replaceAll(/[\p{C}\p{Zl}\p{Zp}"]/gu, "?")}"`;
}
