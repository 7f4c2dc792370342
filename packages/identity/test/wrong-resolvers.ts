import type { OpenedResolver } from "../src/conformance.ts";
import { type Member, type MemberResolver, memoryMembers } from "../src/index.ts";

/** A resolver that breaks one promise, and the test of the suite that must find out. */
export interface WrongResolver {
  readonly title: string;
  /** What it does, after "a resolver that". */
  readonly does: string;
  readonly open: (members: readonly Member[]) => Promise<OpenedResolver>;
}

type Resolve = MemberResolver["resolve"];

function wrong(title: string, does: string, replace: (inner: Resolve) => Resolve): WrongResolver {
  const open = async (members: readonly Member[]): Promise<OpenedResolver> => {
    const inner = memoryMembers(members);
    let isDown = false;
    const down: Resolve = async (subject, options) => {
      if (isDown) throw new Error("503");
      return inner.resolve(subject, options);
    };
    return {
      resolver: { resolve: replace(down) },
      change: async (member) => inner.put(member),
      fail: async () => void (isDown = true),
    };
  };
  return { title, does, open };
}

const known = "resolve() gives a known subject's member";
const poor = "resolve() gives a member without roles, who is not unknown";
const alike = "resolve() gives undefined for ids that only look alike";
const elsewhere = "resolve() gives undefined for the same id in another tenant or platform";
const aborted = "resolve() rejects with the reason of a signal that is aborted";
const fresh = "resolve() with fresh gives what the backend says now";
const down = "resolve() rejects while the backend fails";

/** Knows members under what is left of their ids. */
function folding(does: string, fold: (id: string) => string): WrongResolver {
  const open = async (members: readonly Member[]): Promise<OpenedResolver> => ({
    resolver: {
      resolve: async ({ platform, id }) =>
        members.find(({ subject }) => subject.platform === platform && fold(subject.id) === fold(id)),
    },
  });
  return { title: alike, does, open };
}

export const rightResolver: WrongResolver = wrong("", "", (inner) => inner);

export const wrongResolvers: readonly WrongResolver[] = [
  wrong(known, "knows nobody", () => async () => undefined),
  wrong(known, "drops a role", (inner) => async (subject, options) => {
    const member = await inner(subject, options);
    return member && { ...member, roles: member.roles.slice(1) };
  }),
  wrong(poor, "takes no roles for unknown", (inner) => async (subject, options) => {
    const member = await inner(subject, options);
    return member?.roles.length ? member : undefined;
  }),
  folding("folds case", (id) => id.toLowerCase()),
  folding("trims", (id) => id.trim()),
  folding("folds Unicode forms", (id) => id.normalize("NFC")),
  folding("takes ids for numbers", (id) => String(Number.parseInt(id.slice(1), 10))),
  folding("cuts ids off", (id) => id.slice(0, 19)),
  folding("drops what cannot be seen", (id) => id.replaceAll("\u200b", "")),
  wrong(alike, "gives null", (inner) => async (subject, options) => {
    return (await inner(subject, options)) ?? (null as unknown as undefined);
  }),
  wrong(
    elsewhere,
    "knows one tenant",
    (inner) => (subject, options) => inner({ ...subject, tenant: "g1" }, options),
  ),
  wrong(
    elsewhere,
    "knows one platform",
    (inner) => (subject, options) => inner({ ...subject, platform: "discord" }, options),
  ),
  wrong(
    elsewhere,
    "guesses the tenant",
    (inner) => (subject, options) => inner({ ...subject, tenant: subject.tenant ?? "g1" }, options),
  ),
  wrong(
    aborted,
    "ignores the signal",
    (inner) => (subject, options) => inner(subject, { ...options, signal: new AbortController().signal }),
  ),
  wrong(aborted, "wraps the reason", (inner) => async (subject, options) => {
    return inner(subject, options).catch((cause: unknown) => {
      throw new Error("lookup failed", { cause });
    });
  }),
  wrong(fresh, "keeps its first answer", (inner) => {
    let first: Promise<Member | undefined> | undefined;
    return (subject, options) => (first ??= inner(subject, options));
  }),
  wrong(
    down,
    "says that nobody is there",
    (inner) => (subject, options) => inner(subject, options).catch(() => undefined),
  ),
  wrong(
    down,
    "says that nobody has roles",
    (inner) => (subject, options) => inner(subject, options).catch(() => ({ subject, roles: [] })),
  ),
  wrong(
    down,
    "answers for strangers",
    (inner) => async (subject, options) => (subject.id === "nobody" ? undefined : inner(subject, options)),
  ),
];
