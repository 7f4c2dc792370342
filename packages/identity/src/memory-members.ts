import type { Member, MemberResolver } from "./member-resolver.ts";
import { type Subject, subjectKey } from "./subject.ts";

/** A resolver whose members can be changed. An identity that asks it hears of a change through `invalidate`. */
export interface MemoryMembers extends MemberResolver {
  /** Adds a member, or replaces the one of the same subject. */
  put(member: Member): void;
  remove(subject: Subject): void;
}

/** The reference resolver: members in memory. @throws {TypeError} for a member whose subject is none. */
export function memoryMembers(members: Iterable<Member> = []): MemoryMembers {
  const known = new Map<string, Member>();
  const put = ({ subject, roles }: Member): void => {
    known.set(subjectKey(subject), { subject: { ...subject }, roles: [...roles] });
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
