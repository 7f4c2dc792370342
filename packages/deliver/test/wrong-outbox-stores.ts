import type { DeliveryRow, NewDelivery, OutboxStore, Settlement } from "../src/outbox.ts";
import { memoryOutboxStore } from "../src/outbox.ts";

/** A store that breaks one promise of the contract, and the test of the suite that must find out. */
export interface Wrong<Store> {
  readonly title: string;
  /** What it does, after "a store that". */
  readonly does: string;
  readonly open: () => Store;
}

function wrong(
  title: string,
  does: string,
  replace: (inner: OutboxStore) => Partial<OutboxStore>,
): Wrong<OutboxStore> {
  const open = (): OutboxStore => {
    const inner = memoryOutboxStore();
    return replaceMethods(inner, replace(inner));
  };
  return { title, does, open };
}

/** A copy of a store with some methods replaced. */
export function replaceMethods<Store extends object>(inner: Store, methods: Partial<Store>): Store {
  return new Proxy(inner, {
    get(target, name) {
      const own = Reflect.get(methods, name) as unknown;
      if (own !== undefined) return own;
      const method = Reflect.get(target, name) as unknown;
      return typeof method === "function" ? (method.bind(target) as unknown) : method;
    },
  });
}

/** A store whose rows come back changed. */
function wrongRows(
  title: string,
  does: string,
  change: (row: DeliveryRow) => { readonly [Field in keyof DeliveryRow]?: unknown },
): Wrong<OutboxStore> {
  const changed = (row: DeliveryRow): DeliveryRow => ({ ...row, ...(change(row) as Partial<DeliveryRow>) });
  return wrong(title, does, (inner) => ({
    getDelivery: async (key) => {
      const row = await inner.getDelivery(key);
      return row && changed(row);
    },
    listDeliveries: async (filter) => (await inner.listDeliveries(filter)).map(changed),
  }));
}

const folded = (text: string): string => text.normalize("NFC").toLowerCase().trim();
const writes = "recordDeliveries() writes rows that are queued, as they were given, and stamps them";
const conflicts = "recordDeliveries() names a key that has another digest, and writes nothing at all";
const again = "recordDeliveries() again with the same digest leaves the row as it is";
const listing = "listDeliveries() lists in the order of recording, behind a row and up to the limit";
const byState = "listDeliveries() lists by state and by message";
const claims = "claimDelivery() gives a queued row to one, counts the attempt, and is busy for the others";
const sameClaimant = "claimDelivery() by the same claimant again is the first call over again";
const lapses = "claimDelivery() gives a row whose lease is over to another one as lapsed";
const lost = "settleDelivery() by a claimant that has lost the row changes nothing";
const requeues = "requeueDelivery() queues again what ended otherwise than delivered, with no attempts";
const deletes = "deleteDelivery() deletes what has ended, and nothing else";
const tooMany = "putBlob() rejects more than maxBytes, cancels the stream, and keeps what was there";

/** Passes the claimant over, so that everybody is the same one. */
const anybody = (inner: OutboxStore): Partial<OutboxStore> => ({
  claimDelivery: (key, digest, leaseMs) => inner.claimDelivery(key, digest, leaseMs, "x"),
  saveDelivery: (key, _, receipt) => inner.saveDelivery(key, "x", receipt),
  settleDelivery: (settlement) => inner.settleDelivery({ ...settlement, claimant: "x" }),
});

/** Reads, waits, and then writes: what happens in between is lost. */
function racing(inner: OutboxStore): Partial<OutboxStore> {
  const held = new Map<string, string>();
  return {
    async claimDelivery(key, digest, leaseMs, claimant) {
      const free = !held.has(key);
      await new Promise((resolve) => setImmediate(resolve));
      if (!free) return { claim: "busy" };
      held.set(key, claimant);
      const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
      const row = await inner.getDelivery(key);
      return answer.claim === "busy" && row ? { claim: "new", row } : answer;
    },
  };
}

/** Puts every blob's bytes where the next read finds them, checked only afterwards. */
function hastyBlobs(inner: OutboxStore): Partial<OutboxStore> {
  return {
    async putBlob(key, stream, maxBytes) {
      await inner.deleteBlob(key);
      return await inner.putBlob(key, stream, maxBytes);
    },
  };
}

/** Keeps the chunks themselves. */
function sharedBlobs(): Partial<OutboxStore> {
  const blobs = new Map<string, Uint8Array[]>();
  return {
    async putBlob(key, stream) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      blobs.set(key, chunks);
      return { size: 0 };
    },
    openBlob: (key) => new Blob((blobs.get(key) ?? []) as Uint8Array<ArrayBuffer>[]).stream(),
  };
}

/** One stream that is read once. */
function onceBlobs(inner: OutboxStore): Partial<OutboxStore> {
  const open = new Map<string, ReadableStream<Uint8Array>>();
  return {
    openBlob(key) {
      const known = open.get(key) ?? inner.openBlob(key);
      open.set(key, known);
      return known;
    },
  };
}

let shared = memoryOutboxStore();

const keeping = (): OutboxStore => shared;

function settleOther(
  inner: OutboxStore,
  change: (given: Settlement) => Partial<Settlement>,
): Partial<OutboxStore> {
  return { settleDelivery: (given) => inner.settleDelivery({ ...given, ...change(given) }) };
}

const lenientFilter = (inner: OutboxStore): Partial<OutboxStore> => ({
  listDeliveries: async (filter) => await inner.listDeliveries(filter).catch(() => []),
});

export const wrongOutboxStores: readonly Wrong<OutboxStore>[] = [
  wrongRows(writes, "gives the content back trimmed", ({ content }) => ({
    content: content.slice(0, 65_536),
  })),
  wrongRows(writes, "stamps seconds with a fraction", ({ recordedAt }) => ({
    recordedAt: recordedAt / 1_001,
  })),
  wrongRows(writes, "counts from 0", ({ sequence }) => ({ sequence: sequence - 1 })),
  wrong(again, "refuses what is there", (inner) => ({
    async recordDeliveries(deliveries) {
      for (const { key } of deliveries) if (await inner.getDelivery(key)) return { recorded: false, key };
      return await inner.recordDeliveries(deliveries);
    },
  })),
  wrong(conflicts, "writes what comes before a conflict", (inner) => ({
    async recordDeliveries(deliveries) {
      for (const delivery of deliveries) {
        const answer = await inner.recordDeliveries([delivery]);
        if (!answer.recorded) return answer;
      }
      return { recorded: true };
    },
  })),
  wrong(conflicts, "does not compare digests", (inner) => ({
    async recordDeliveries(deliveries) {
      const fresh: NewDelivery[] = [];
      for (const each of deliveries) if (!(await inner.getDelivery(each.key))) fresh.push(each);
      return await inner.recordDeliveries(fresh);
    },
  })),
  wrong("recordDeliveries() by many at once writes each row once", "writes a second row", (inner) => ({
    async listDeliveries(filter) {
      const rows = await inner.listDeliveries(filter);
      return [...rows, ...rows];
    },
  })),
  wrong("getDelivery() of a key that is not there is undefined", "rejects", (inner) => ({
    async getDelivery(key) {
      const row = await inner.getDelivery(key);
      if (!row) assertFail("no such row");
      return row;
    },
  })),
  wrong(listing, "lists the newest first", (inner) => ({
    listDeliveries: async (filter) => (await inner.listDeliveries(filter)).toReversed(),
  })),
  wrong(listing, "lists the row itself too", (inner) => ({
    listDeliveries: ({ afterSequence = 0, ...rest } = {}) =>
      inner.listDeliveries({ ...rest, afterSequence: Math.max(0, afterSequence - 1) }),
  })),
  wrong(listing, "ignores the limit", (inner) => ({
    listDeliveries: (filter) => inner.listDeliveries({ ...filter, limit: Infinity }),
  })),
  wrong(byState, "takes no states for all", (inner) => ({
    listDeliveries: ({ states, ...rest } = {}) =>
      inner.listDeliveries(states?.length === 0 ? rest : { ...rest, states }),
  })),
  wrong(byState, "ignores the message", (inner) => ({
    listDeliveries: (filter) => inner.listDeliveries({ ...filter, messageKey: undefined }),
  })),
  wrong("listDeliveries() lists what ended long enough ago", "lists all that ended", (inner) => ({
    listDeliveries: ({ endedForMs, ...rest } = {}) =>
      inner.listDeliveries({ ...rest, endedForMs: endedForMs === undefined ? undefined : 0 }),
  })),
  wrong(deletes, "deletes what is queued", (inner) => {
    const gone = new Set<string>();
    return {
      deleteDelivery: async (key) => (await inner.getDelivery(key)) !== undefined && Boolean(gone.add(key)),
      getDelivery: async (key) => (gone.has(key) ? undefined : await inner.getDelivery(key)),
    };
  }),
  wrong(deletes, "says that it deleted what was not there", (inner) => ({
    async deleteDelivery(key) {
      const row = await inner.getDelivery(key);
      return (await inner.deleteDelivery(key)) || row === undefined;
    },
  })),
  wrongRows("the sequence only grows, also past deleted rows", "uses a number again", () => ({
    sequence: 1,
  })),
  wrong(claims, "does not count", (inner) => ({
    async getDelivery(key) {
      const row = await inner.getDelivery(key);
      return row && { ...row, attempts: 0 };
    },
  })),
  wrong(claims, "lets two in", (inner) => ({
    async claimDelivery(key, digest, leaseMs, claimant) {
      const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
      const row = await inner.getDelivery(key);
      return answer.claim === "busy" && row ? { claim: "lapsed", row } : answer;
    },
  })),
  wrong("claimDelivery() gives a row to one of many who claim it at once", "looks before it writes", racing),
  wrong(sameClaimant, "is busy for its own claimant", (inner) => {
    const seen = new Set<string>();
    return {
      async claimDelivery(key, digest, leaseMs, claimant) {
        if (seen.has(claimant)) return { claim: "busy" };
        const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
        if (answer.claim !== "busy") seen.add(claimant);
        return answer;
      },
    };
  }),
  wrong(lapses, "forgets that it lapsed", (inner) => ({
    async claimDelivery(key, digest, leaseMs, claimant) {
      const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
      return answer.claim === "lapsed" ? { ...answer, claim: "new" } : answer;
    },
  })),
  wrong(
    "claimDelivery() says conflict for another digest and for a key that is not there",
    "ignores the digest",
    (inner) => ({
      async claimDelivery(key, _, leaseMs, claimant) {
        const row = await inner.getDelivery(key);
        return await inner.claimDelivery(key, row?.digest ?? "-", leaseMs, claimant);
      },
    }),
  ),
  wrong("claimDelivery() says ended for a row that has ended", "is busy then", (inner) => ({
    async claimDelivery(key, digest, leaseMs, claimant) {
      const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
      return answer.claim === "ended" ? { claim: "busy" } : answer;
    },
  })),
  wrong(
    "saveDelivery() keeps the receipt as long as the claimant has the row",
    "lets anybody save",
    (inner) => ({
      ...anybody(inner),
    }),
  ),
  wrong("settleDelivery() ends a row and stamps it", "stamps nothing", (inner) => ({
    async getDelivery(key) {
      const row = await inner.getDelivery(key);
      return row && { ...row, endedAt: undefined };
    },
  })),
  wrong(
    "settleDelivery() again with the same settlement is the first call over again",
    "applies it once",
    (inner) => {
      const seen = new Set<string>();
      return {
        async settleDelivery(settlement) {
          if (seen.has(settlement.claimant)) return false;
          seen.add(settlement.claimant);
          return await inner.settleDelivery(settlement);
        },
      };
    },
  ),
  wrong(lost, "lets a late claimant settle", (inner) => {
    const current = new Map<string, string>();
    return {
      async claimDelivery(key, digest, leaseMs, claimant) {
        const answer = await inner.claimDelivery(key, digest, leaseMs, claimant);
        if (answer.claim === "new" || answer.claim === "lapsed") current.set(key, claimant);
        return answer;
      },
      settleDelivery: (given) => inner.settleDelivery({ ...given, claimant: current.get(given.key) ?? "-" }),
    };
  }),
  wrong(
    "settleDelivery() back to the queue makes the row due after the delay",
    "forgets the delay",
    (inner) => settleOther(inner, () => ({ delayMs: 0 })),
  ),
  wrong(
    "listDeliveries() lists what is due: queued, or sending with a lease that is over",
    "lists queued ones",
    (inner) => ({
      listDeliveries: ({ due, ...rest } = {}) =>
        inner.listDeliveries(due ? { ...rest, states: ["queued"] } : rest),
    }),
  ),
  wrong(requeues, "queues failed ones only", (inner) => ({
    async requeueDelivery(key) {
      const row = await inner.getDelivery(key);
      return row?.state === "unknown" ? false : await inner.requeueDelivery(key);
    },
  })),
  wrong(
    "settleDelivery() after a person queued the row again changes nothing",
    "says that it was applied",
    (inner) => ({
      async settleDelivery(settlement) {
        const applied = await inner.settleDelivery(settlement);
        return applied || (await inner.getDelivery(settlement.key))?.state === "queued";
      },
    }),
  ),
  wrong(
    "putBlob() keeps the bytes, and openBlob() gives them from the first on each time",
    "opens once",
    onceBlobs,
  ),
  wrong("putBlob() keeps a megabyte byte for byte", "cuts at a megabyte", (inner) => ({
    openBlob: (key) =>
      new ReadableStream({
        async start(controller) {
          const bytes = new Uint8Array(await new Response(inner.openBlob(key)).arrayBuffer());
          controller.enqueue(bytes.subarray(0, 1_048_576));
          controller.close();
        },
      }),
  })),
  wrong("putBlob() copies what it keeps", "keeps the chunks themselves", sharedBlobs),
  wrong(tooMany, "keeps all of it", (inner) => ({
    putBlob: (key, stream) => inner.putBlob(key, stream, Infinity),
  })),
  wrong(tooMany, "deletes before it writes", hastyBlobs),
  wrong("putBlob() of a stream that fails keeps what was there", "deletes before it writes", hastyBlobs),
  wrong("putBlob() again replaces the bytes", "keeps the first", (inner) => {
    const seen = new Set<string>();
    return {
      async putBlob(key, stream, maxBytes) {
        if (seen.has(key)) return { size: 0 };
        seen.add(key);
        return await inner.putBlob(key, stream, maxBytes);
      },
    };
  }),
  wrong("deleteBlob() forgets the bytes, and an unknown key is no error", "keeps them", () => ({
    deleteBlob: async () => {},
  })),
  wrong("putBlob() and deleteBlob() refuse a bad argument by its name", "takes any key", (inner) => ({
    deleteBlob: async (key) => await inner.deleteBlob(String(key) === "" ? "-" : "x"),
  })),
  wrong(
    "recordDeliveries() refuses a bad argument by its name and writes nothing",
    "cuts at U+0000",
    (inner) => ({
      recordDeliveries: (deliveries) =>
        inner.recordDeliveries(
          Array.isArray(deliveries)
            ? deliveries.map((each: NewDelivery) => ({
                ...each,
                content: String(each.content).split("\0", 1)[0] ?? "",
              }))
            : deliveries,
        ),
    }),
  ),
  wrong(
    "claimDelivery() refuses a bad argument by its name and changes nothing",
    "takes any lease",
    (inner) => ({
      claimDelivery: (key, digest, leaseMs, claimant) =>
        inner.claimDelivery(key, digest, typeof leaseMs === "number" && leaseMs >= 1 ? leaseMs : 1, claimant),
    }),
  ),
  wrong(
    "saveDelivery() and settleDelivery() refuse a bad argument by its name and change nothing",
    "takes any delay",
    (inner) =>
      settleOther(inner, ({ delayMs = 0 }) => ({ delayMs: Number.isInteger(delayMs) ? delayMs : 0 })),
  ),
  wrong(
    "getDelivery(), requeueDelivery() and deleteDelivery() refuse a bad key by its name",
    "finds nothing",
    (inner) => ({
      getDelivery: async (key) => await inner.getDelivery(key).catch(() => undefined),
    }),
  ),
  wrong("listDeliveries() refuses a bad argument by its name", "lists nothing then", lenientFilter),
  wrong(
    "keys are kept apart that differ in a letter's case, a space or a normal form",
    "folds them",
    (inner) => ({
      recordDeliveries: (deliveries) =>
        inner.recordDeliveries(deliveries.map((each) => ({ ...each, key: folded(each.key) }))),
    }),
  ),
  {
    title: "what a method resolved for outlives the store, or the store keeps nothing at all",
    does: "keeps rows that the suite is not told of",
    open: keeping,
  },
];

/** Starts the store that outlives its tests anew. */
export function resetShared(): void {
  shared = memoryOutboxStore();
}

function assertFail(message: string): never {
  throw Object.assign(new Error(message), { code: "ERR_ASSERTION" });
}
