import type { CheckOptions, MemberOptions } from "./identity.ts";
import { requireKnown } from "./identity-options.ts";
import { show } from "./show.ts";
import { isName, type Subject, type SubjectScope } from "./subject.ts";

const checkNames = { resource: true, onBehalfOf: true, fresh: true, signal: true } as const;
const memberNames = { fresh: true, signal: true } as const;
const noLinks: readonly (Subject | undefined)[] = [];

/** What is left out is there, as its default. */
export interface ReadCheck extends ReadFind {
  readonly resource: string | undefined;
  readonly onBehalfOf: readonly (Subject | undefined)[];
}

export interface ReadFind {
  readonly fresh: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The options of a check with their defaults. @throws {TypeError} for one that is unknown or of the wrong kind. */
export function readCheck(action: string, options: CheckOptions): ReadCheck {
  requireKnown(options, checkNames, "Cannot check:");
  const { resource, onBehalfOf = noLinks, fresh = false, signal } = options;
  if (!isName(action)) {
    throw new TypeError(
      `Cannot check: 'action' must be a string that is not empty: received ${show(action)}`,
    );
  }
  if (resource !== undefined && typeof resource !== "string") {
    throw new TypeError(`Cannot check: 'resource' must be a string: received ${show(resource)}`);
  }
  if (!Array.isArray(onBehalfOf)) {
    throw new TypeError(
      `Cannot check: 'onBehalfOf' must be an array of subjects: received ${show(onBehalfOf)}`,
    );
  }
  requireCall(fresh, signal, "Cannot check:");
  return { resource, onBehalfOf, fresh, signal };
}

/** The options of a lookup with their defaults. @throws {TypeError} for one that is unknown or of the wrong kind. */
export function readFind(options: MemberOptions): ReadFind {
  requireKnown(options, memberNames, "Cannot look up the member:");
  const { fresh = false, signal } = options;
  requireCall(fresh, signal, "Cannot look up the member:");
  return { fresh, signal };
}

/** @throws {TypeError} unless it is a subject, a platform, or a tenant of one. */
export function requireScope(who: Subject | SubjectScope): void {
  const { platform, tenant, id } = (who ?? {}) as Subject;
  if (isName(platform) && [tenant, id].every((part) => part === undefined || isName(part))) return;
  throw new TypeError(
    `Cannot invalidate: 'who' must be a subject, { platform, tenant? } or "all": received ${show(who)}`,
  );
}

function requireCall(fresh: unknown, signal: unknown, what: string): void {
  if (typeof fresh !== "boolean") {
    throw new TypeError(`${what} 'fresh' must be true or false: received ${show(fresh)}`);
  }
  if (signal === undefined) return;
  const { throwIfAborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof throwIfAborted === "function" && typeof addEventListener === "function") return;
  throw new TypeError(`${what} 'signal' must be an AbortSignal: received ${show(signal)}`);
}
