import { show } from "./arguments.ts";
import type { Member, MemberResolver } from "./member-resolver.ts";
import { type Subject, subjectKey } from "./subject.ts";

/** A resolver whose members can be changed. An identity that asks it hears of a change through `invalidate`. */
export interface MemoryMembers extends MemberResolver {
  /** Adds a member, or replaces the one of the same subject. */
  put(member: Member): void;
  remove(subject: Subject): void;
}

/** The reference resolver: members in memory. @throws {TypeError} for a member that is none. */
export function memoryMembers(members: Iterable<Member> = []): MemoryMembers {
  const known = new Map<string, Member>();
  const put = (member: Member): void => {
    // As an object also what is none: then its subject is none either.
    const { subject, roles } = Object(member) as Member;
    const key = subjectKey(subject);
    // A string's roles would be its letters.
    if (!Array.isArray(roles) || !roles.every((role) => typeof role === "string"))
      throw new TypeError(`Cannot put member: 'roles' must be an array of strings: received ${show(roles)}`);
    known.set(key, { subject: { ...subject }, roles: [...roles] });
  };
  if (typeof Reflect.get(Object(members), Symbol.iterator) !== "function")
    throw new TypeError(`Cannot make members: 'members' must be iterable: received ${show(members)}`);
  for (const member of members) put(member);
  return {
    put,
    remove: (subject) => void known.delete(subjectKey(subject)),
    resolve: async (subject, { signal }) => {
      signal.throwIfAborted();
      return known.get(subjectKey(subject));
    },
  };
}
