import { readActions } from "./actions.ts";
import { requireMethod } from "./arguments.ts";
import { denyAll, type Policy } from "./policy.ts";
import type { Subject } from "./subject.ts";

/**
 * Seam: the host's own word on who its admins are.
 *
 * Contract: `true` is an admin and `false` is not; all else, a throw and a rejection are an error, and no error allows. The
 * subject comes without its label.
 */
export interface AdminPolicy {
  isAdmin(subject: Subject): boolean | Promise<boolean>;
}

/**
 * Allows admins the actions. Without an admin policy it is `denyAll`.
 *
 * @throws {TypeError} if there is one and it has no isAdmin function.
 */
export function fromAdminPolicy(
  adminPolicy: AdminPolicy | undefined,
  actions: readonly string[] = ["admin"],
): Policy {
  const covers = readActions(actions, "Cannot read the admin policy: 'actions'");
  if (adminPolicy === undefined || adminPolicy === null) return denyAll;
  requireMethod("isAdmin")(adminPolicy, "Cannot read the admin policy: 'adminPolicy'");
  return Object.freeze<Policy>({
    name: "admin",
    decide: async ({ subject, action }) => {
      if (!covers(action)) return false;
      const answer: unknown = await adminPolicy.isAdmin(subject);
      // The word "allow" is an effect, and not what was asked for.
      return typeof answer === "boolean" ? answer : "error";
    },
  });
}
