import {
  allowRoles,
  createIdentity,
  type Identity,
  type MemberResolver,
  type Subject,
} from "@executus/identity";
import type { Case, Entry } from "../measure/case.ts";
import { settledHeapBytes } from "../measure/heap.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const checks = 1_000_000;
const subjectCount = 1_000;

/** One check, one after the other. */
type Check = (index: number) => Promise<unknown>;

function entry(name: string, kind: Entry["kind"], open: () => Check): Entry {
  const measure: Entry["measure"] = async (count) => {
    const check = open();
    // What is kept, and what is compiled, is there before.
    for (let index = 0; index < Math.min(count, 2 * subjectCount); index += 1) await check(-1 - index);
    const before = await settledHeapBytes();
    const since = startWatch();
    for (let index = 0; index < count; index += 1) await check(index);
    const figure = since(count);
    const left = ((await settledHeapBytes()) - before) / count;
    // Still in use, so what it holds cannot have been collected.
    await check(0);
    return [figure, left];
  };
  return { name, kind, count: checks, measure };
}

function subjectOf(index: number): Subject {
  return { platform: "discord", tenant: "g1", id: `${index}` };
}

function openIdentity(): Identity {
  const resolver: MemberResolver = { resolve: async (subject) => ({ subject, roles: ["reviewer"] }) };
  const policy = allowRoles({ reviewer: ["run:*"] });
  return createIdentity({ policy, resolver, allowTtlMs: Number.POSITIVE_INFINITY, maxEntries: 10_000 });
}

/** Over the subjects again and again. */
function kept(ask: (identity: Identity, subject: Subject) => Promise<unknown>): () => Check {
  return () => {
    const identity = openIdentity();
    const subjects = Array.from({ length: subjectCount }, (_, index) => subjectOf(index));
    return (index) => ask(identity, subjects[Math.abs(index) % subjectCount] ?? subjectOf(index));
  };
}

const raw = entry("raw: a Map by a key made of the parts", "raw", () => {
  const allowed = new Map<string, boolean>();
  return async (index) => {
    const { platform, tenant, id } = subjectOf(Math.abs(index) % subjectCount);
    const key = `${platform}/${tenant}/${id} run:reviewer`;
    if (!allowed.has(key)) allowed.set(key, true);
    return allowed.get(key);
  };
});
const single = entry(
  "identity.check, kept",
  "ours",
  kept((identity, subject) => identity.check(subject, "run:reviewer")),
);
const chain = entry("identity.check of a chain of 3, kept", "ours", () => {
  const onBehalfOf = [subjectOf(1), subjectOf(2)];
  return kept((identity, subject) => identity.check(subject, "run:reviewer", { onBehalfOf }))();
});
const unknown = entry("identity.check of a new subject each time", "ours", () => {
  const identity = openIdentity();
  return (index) => identity.check(subjectOf(index), "run:reviewer");
});

/** What a check costs, and what it leaves behind. */
export const identityCase: Case = {
  name: "identity",
  title: "a check of a role, awaited, and then the next; 10,000 entries kept at most",
  columns: ["ns/check", "bytes/check left"],
  raw: raw.name,
  process: "figure",
  maxRounds: 3,
  entries: [raw, single, chain, { ...unknown, count: checks / 4 }],
  targets: [
    { level: "must", ours: single.name, atMost: 2_000 },
    { level: "goal", ours: chain.name, atMost: 2_000 },
    { level: "must", ours: single.name, atMost: 1, column: 1 },
    // The entries that are kept, divided by the checks.
    { level: "must", ours: unknown.name, atMost: 64, column: 1 },
  ],
};
