import type { DedupeStore } from "../src/index.ts";
import { memoryDedupeStore } from "../src/index.ts";
import type { Wrong } from "./wrong-outbox-stores.ts";
import { replaceMethods } from "./wrong-outbox-stores.ts";

function wrong(
  title: string,
  does: string,
  replace: (inner: DedupeStore) => Partial<DedupeStore>,
): Wrong<DedupeStore> {
  const open = (): DedupeStore => {
    const inner = memoryDedupeStore();
    return replaceMethods(inner, replace(inner));
  };
  return { title, does, open };
}

const ended = "claimPart() says how the part ended, as it was settled";
const replaces = "settlePart() replaces everything but what was sent";
const purges = "purgeParts() forgets only what is old enough, and no more than the limit";
const folded = (text: unknown): string => String(text).normalize("NFC").toLowerCase().trim();

export const wrongDedupeStores: readonly Wrong<DedupeStore>[] = [
  wrong("claimPart() gives a new key to the first, and is busy for the others", "lets everybody in", () => ({
    claimPart: async () => ({ claim: "new" }),
  })),
  wrong("claimPart() gives one key to one of many who claim it at once", "looks before it writes", () => {
    const held = new Set<string>();
    return {
      async claimPart(key) {
        const free = !held.has(key);
        await new Promise((resolve) => setImmediate(resolve));
        held.add(key);
        return { claim: free ? "new" : "busy" };
      },
    };
  }),
  wrong("claimPart() gives a key whose lease is over to one as lapsed", "gives it as new", (inner) => ({
    async claimPart(key, digest, leaseMs) {
      const answer = await inner.claimPart(key, digest, leaseMs);
      return answer.claim === "lapsed" ? { claim: "busy" } : answer;
    },
  })),
  wrong(
    "claimPart() says conflict for another digest, also when it was settled",
    "ignores digests",
    (inner) => ({
      claimPart: (key, _, leaseMs) => inner.claimPart(key, "d", leaseMs),
    }),
  ),
  wrong(ended, "keeps the status only", (inner) => ({
    settlePart: (key, { index, status, attempts }) => inner.settlePart(key, { index, status, attempts }),
  })),
  wrong(replaces, "keeps the first", (inner) => {
    const seen = new Set<string>();
    return {
      async settlePart(key, part) {
        if (seen.has(key)) return;
        seen.add(key);
        await inner.settlePart(key, part);
      },
    };
  }),
  wrong("settlePart() of a key that nobody claimed does nothing", "makes it", (inner) => ({
    async settlePart(key, part) {
      await inner.claimPart(key, "d", 1);
      await inner.settlePart(key, part);
    },
  })),
  wrong("releasePart() frees a claim and what is settled otherwise than sent", "frees nothing", () => ({
    releasePart: async () => {},
  })),
  wrong("releasePart() keeps what was sent", "forgets it", (inner) => ({
    releasePart: async () => void (await inner.purgeParts({ olderThanMs: 0, limit: 10 })),
  })),
  wrong(purges, "purges everything", (inner) => ({
    purgeParts: ({ limit }) => inner.purgeParts({ olderThanMs: 0, limit }),
  })),
  wrong(purges, "ignores the limit", (inner) => ({
    purgeParts: ({ olderThanMs }) => inner.purgeParts({ olderThanMs, limit: Infinity }),
  })),
  wrong(
    "claimPart() keeps keys apart that differ in a letter's case, a space or a normal form",
    "folds them",
    (inner) => ({
      claimPart: (key, digest, leaseMs) => inner.claimPart(folded(key), digest, leaseMs),
    }),
  ),
  wrong(
    "every method refuses a bad argument by its name and changes nothing",
    "takes any lease",
    (inner) => ({
      claimPart: (key, digest, leaseMs) => inner.claimPart(key, digest, Math.max(1, Number(leaseMs) || 1)),
    }),
  ),
];
