import { readActions } from "./actions.ts";
import { show } from "./arguments.ts";
import type { Policy } from "./policy.ts";
import { isSubjectKey, subjectKey } from "./subject.ts";

/** Written out, so that nobody gets in because a list was empty. */
export interface Everyone {
  readonly everyone: true;
}

/**
 * Allows the subjects with these keys (`"slack/U024BE7LH"`, `"discord/g1/7"`: see `subjectKey`) the actions. An empty list
 * is nobody.
 *
 * @throws {TypeError} if there is anything but such keys: a bare id would be somebody else on another platform.
 */
export function allowIds(ids: readonly string[] | Everyone, actions: readonly string[] = ["*"]): Policy {
  const covers = readActions(actions, "Cannot allow ids: 'actions'");
  if (isEveryone(ids))
    return Object.freeze<Policy>({ name: "allow-everyone", decide: ({ action }) => covers(action) });
  if (!Array.isArray(ids)) {
    throw new TypeError(
      `Cannot allow ids: 'ids' must be an array or { everyone: true }: received ${show(ids)}`,
    );
  }
  const position = ids.findIndex((id) => !isSubjectKey(id));
  if (position >= 0) {
    throw new TypeError(
      `Cannot allow ids: 'ids[${position}]' must be a key such as "slack/U024BE7LH", as subjectKey() gives it`,
    );
  }
  const allowed = new Set<string>(ids);
  return Object.freeze<Policy>({
    name: "allow-ids",
    decide: ({ subject, action }) => covers(action) && allowed.has(subjectKey(subject)),
  });
}

function isEveryone(ids: readonly string[] | Everyone): ids is Everyone {
  if (typeof ids !== "object" || ids === null || !("everyone" in ids)) return false;
  return ids.everyone === true && Object.keys(ids).length === 1;
}
