import { type Subject, subjectKey } from "@executus/identity";
import { show } from "../internal/show.ts";

/**
 * The key of a subject.
 *
 * @throws {TypeError} that begins with `problem`, if it is none.
 */
export function requireSubject(subject: Subject, problem: string): string {
  try {
    return subjectKey(subject);
  } catch (error) {
    throw new TypeError(`${problem}: received ${show(subject)}`, { cause: error });
  }
}
