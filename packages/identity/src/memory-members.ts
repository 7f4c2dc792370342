import type { Member, MemberResolver } from "./member-resolver.ts";
import { show } from "./show.ts";
import { readParty, type Subject, subjectKey } from "./subject.ts";

/** A resolver whose members can be changed. An identity that asks it hears of a change through `invalidate`. */
export interface MemoryMembers extends MemberResolver {
  /** Adds a member, or replaces the one of the same subject. */
  put(member: Member): void;
  remove(subject: Subject): void;
}

/** The reference resolver: members in memory. @throws {TypeError} if one of them is no member. */
export function memoryMembers(members: Iterable<Member> = []): MemoryMembers {
  const known = new Map<string, Member>();
  const put = (member: Member): void => {
    const party = readParty(member?.subject);
    if (!party) throw new TypeError(`Cannot keep a member: its 'subject' is none: received ${show(member)}`);
    if (!Array.isArray(member.roles) || !member.roles.every((role) => typeof role === "string")) {
      throw new TypeError(
        `Cannot keep a member: 'roles' must be an array of strings: received ${show(member.roles)}`,
      );
    }
    known.set(party.key, Object.freeze({ subject: party.subject, roles: Object.freeze([...member.roles]) }));
  };
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
