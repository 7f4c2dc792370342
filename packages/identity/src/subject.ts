import { show } from "./arguments.ts";

/** Someone who asks for something: a person, a bot, an agent. */
export interface Subject {
  /** Where the id comes from: `"slack"`. */
  readonly platform: string;
  /** The workspace, guild or directory in which the id is unique, where the platform has such. */
  readonly tenant?: string | undefined;
  /** As the platform gave it once its signature was verified: never a handle or a name that people choose. */
  readonly id: string;
  /** @default "user" */
  readonly kind?: "user" | "bot" | "system" | undefined;
  /** For display only: no policy and no resolver ever sees it. */
  readonly label?: string | undefined;
}

/** All subjects of a platform, or of one tenant of it. */
export type SubjectScope = Pick<Subject, "platform" | "tenant">;

/** A subject that was read once and checked. */
export interface Party {
  /** Without its label, with its kind. Frozen. */
  readonly subject: Subject;
  readonly key: string;
}

const kinds: readonly unknown[] = ["user", "bot", "system"];
/** What would end a part, or is not seen or not obeyed alike by all who show a key. */
const special = /[%/\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const everySpecial = new RegExp(special, "gu");
const canonicalPart = /^(?:%[0-9A-F]{2}|%u[0-9A-F]{4}|[^%/\p{Cc}\p{Cf}\p{Cs}\u2028\u2029])+$/u;

/**
 * A subject's name in one string: `"slack/U024BE7LH"`, or `"discord/g1/7"` with a tenant. Two subjects have one key only if
 * platform, tenant and id are equal, code unit by code unit; kind and label do not count. Separators, `%` and what cannot be
 * seen in a part are written as `%2F`, `%u200B`.
 *
 * @throws {TypeError} if platform, tenant or id is not a string, or is empty.
 */
export function subjectKey(subject: Subject): string {
  const party = readParty(subject);
  if (party) return party.key;
  throw new TypeError(
    `Cannot make a key: 'subject' must have a platform and an id that are strings and not empty: received ${show(subject)}`,
  );
}

/** Returns if a string is what `subjectKey` gives for some subject. */
export function isSubjectKey(key: unknown): key is string {
  if (typeof key !== "string") return false;
  const parts = key.split("/");
  return (parts.length === 2 || parts.length === 3) && parts.every((part) => canonicalPart.test(part));
}

/** Reads a subject, each field once; `undefined` if it is none. Never throws. */
export function readParty(value: unknown): Party | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const { platform, tenant, id, kind = "user" } = value as Subject;
    if (!isName(platform) || !isName(id) || !kinds.includes(kind)) return undefined;
    if (tenant === undefined) {
      return { subject: Object.freeze({ platform, id, kind }), key: `${escape(platform)}/${escape(id)}` };
    }
    if (!isName(tenant)) return undefined;
    const key = `${escape(platform)}/${escape(tenant)}/${escape(id)}`;
    return { subject: Object.freeze({ platform, tenant, id, kind }), key };
  } catch {
    // A getter that throws.
    return undefined;
  }
}

/** The names under which rights of a subject may be revoked: its platform's, its tenant's, its own. */
export function scopesOf({ subject: { platform, tenant }, key }: Party): readonly string[] {
  const ofPlatform = scopeName({ platform });
  return tenant === undefined ? [ofPlatform, key] : [ofPlatform, scopeName({ platform, tenant }), key];
}

/** Ends with a separator, which no subject's key does. */
function scopeName({ platform, tenant }: SubjectScope): string {
  return tenant === undefined ? `${escape(platform)}/` : `${escape(platform)}/${escape(tenant)}/`;
}

/** The name of a scope, which may be one subject. @throws {TypeError} if it is none. */
export function readScope(who: Subject | SubjectScope): string {
  const { platform, tenant, id } = Object(who) as Subject;
  if (isName(platform) && [tenant, id].every((part) => part === undefined || isName(part))) {
    return id === undefined ? scopeName({ platform, tenant }) : subjectKey({ platform, tenant, id });
  }
  throw new TypeError(
    `Cannot invalidate: 'who' must be a subject, { platform, tenant? } or "all": received ${show(who)}`,
  );
}

export function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function escape(part: string): string {
  return special.test(part) ? part.replaceAll(everySpecial, escapeUnits) : part;
}

/** By code units: some characters have two. */
function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => {
      const digits = unit.charCodeAt(0).toString(16).toUpperCase();
      return digits.length > 2 ? `%u${digits.padStart(4, "0")}` : `%${digits.padStart(2, "0")}`;
    })
    .join("");
}
