import { type ActionTest, readActions } from "./actions.ts";
import { show } from "./arguments.ts";
import type { Policy } from "./policy.ts";

/**
 * Allows members with a role its actions: `allowRoles({ admin: ["*"], reviewer: ["run:*"] })`. Needs a resolver; asks it only
 * about an action that some role has.
 *
 * @throws {TypeError} if it is not a record of lists of actions.
 */
export function allowRoles(roles: Readonly<Record<string, readonly string[]>>): Policy {
  if (typeof roles !== "object" || roles === null || Array.isArray(roles)) {
    throw new TypeError(`Cannot allow roles: 'roles' must be a record of actions: received ${show(roles)}`);
  }
  const tests = new Map<string, ActionTest>();
  for (const [role, actions] of Object.entries(roles)) {
    tests.set(role, readActions(actions, `Cannot allow roles: 'roles.${role}'`));
  }
  return Object.freeze<Policy>({
    name: "allow-roles",
    decide: async ({ action, member }) => {
      const sufficient = [...tests].filter(([, covers]) => covers(action)).map(([role]) => role);
      if (sufficient.length === 0) return false;
      const found = await member();
      return sufficient.some((role) => found?.roles.includes(role));
    },
  });
}
