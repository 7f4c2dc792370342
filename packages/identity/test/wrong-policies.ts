import type { PolicyGrant } from "../src/conformance.ts";
import { allowIds, allowRoles, type Ask, type Policy, subjectKey } from "../src/index.ts";

/** A policy that breaks one promise, and the test of the suite that must find out. */
export interface WrongPolicy {
  readonly title: string;
  /** What it does, after "a policy that". */
  readonly does: string;
  readonly create: (grant: PolicyGrant) => Policy;
}

type Decide = (ask: Ask, grant: PolicyGrant) => unknown;

function wrong(title: string, does: string, decide: Decide): WrongPolicy {
  const create = (grant: PolicyGrant): Policy => ({
    name: "wrong",
    decide: ((ask: Ask) => decide(ask, grant)) as Policy["decide"],
  });
  return { title, does, create };
}

const name = "name is a line of text";
const granted = "decide() allows what was granted, time and again";
const subjects = "decide() does not allow another subject, however alike";
const actions = "decide() does not allow another action, however alike";
const failing = "decide() does not allow because the member cannot be looked up";
const lacking = "decide() does not allow because the member is unknown or lacks the role";
const answers = "decide() answers with an effect or a boolean, or throws, whatever is asked";

const byId = ({ subject, action }: PolicyGrant): Policy => allowIds([subjectKey(subject)], [action]);
const byRole = ({ role, action }: PolicyGrant): Policy => allowRoles({ [role]: [action] });
const idOnly: Decide = ({ subject, action }, grant) =>
  subject.id === grant.subject.id && action === grant.action;

export const wrongPolicies: readonly WrongPolicy[] = [
  { title: name, does: "has no name", create: (grant) => ({ ...byId(grant), name: "" }) },
  { title: name, does: "has a name of two lines", create: (grant) => ({ ...byId(grant), name: "a\nb" }) },
  wrong(granted, "allows nothing", () => false),
  {
    title: granted,
    does: "allows once",
    create: (grant) => {
      let isUsed = false;
      const once = byId(grant);
      const decide: Policy["decide"] = (ask) =>
        !isUsed && ask.action === grant.action && (isUsed = true) && once.decide(ask);
      return { name: "once", decide };
    },
  },
  wrong(granted, "allows what comes after", ({ action }) => action === "other" || true),
  wrong(subjects, "goes by the id alone", idOnly),
  wrong(subjects, "allows everyone", ({ action }, grant) => action === grant.action),
  wrong(subjects, "folds case", ({ subject, action }, grant) => {
    const fold = (each: PolicyGrant["subject"]): string => subjectKey(each).toLowerCase();
    return action === grant.action && fold(subject) === fold(grant.subject);
  }),
  wrong(
    actions,
    "allows every action",
    ({ subject }, grant) => subjectKey(subject) === subjectKey(grant.subject),
  ),
  wrong(actions, "takes an action for a prefix", ({ subject, action }, grant) => {
    return subjectKey(subject) === subjectKey(grant.subject) && action.startsWith(grant.action);
  }),
  wrong(actions, "takes a star for every action", (ask, grant) => {
    return ask.action === "*" || byId(grant).decide(ask);
  }),
  wrong(failing, "allows when the directory is down", async (ask, grant) => {
    const { action, member } = ask;
    if (action !== grant.action) return false;
    return member().then(
      (found) => found?.roles.includes(grant.role) ?? false,
      () => true,
    );
  }),
  wrong(lacking, "allows every member", async ({ action, member }, grant) => {
    return action === grant.action && (await member()) !== undefined;
  }),
  wrong(lacking, "allows who is no member", async (ask, grant) => {
    const found = await ask.member();
    return found === undefined ? ask.action === grant.action : byRole(grant).decide(ask);
  }),
  wrong(lacking, "folds the case of roles", async ({ action, member }, grant) => {
    const roles = (await member())?.roles ?? [];
    return action === grant.action && roles.some((role) => role.toLowerCase() === grant.role);
  }),
  wrong(answers, "answers with what it found", ({ action }, grant) => {
    return { [grant.action]: true }[action];
  }),
  wrong(answers, "answers yes", (ask, grant) => ((byId(grant).decide(ask) as boolean) ? "allow" : "no")),
];
