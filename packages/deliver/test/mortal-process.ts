import type { Deliverer, Destination, Part, Transport } from "../src/index.ts";
import { createDeliverer } from "../src/index.ts";
import type { Outbox, OutboxStore } from "../src/outbox.ts";
import { createOutbox } from "../src/outbox.ts";

/** What the reader has seen: it outlives every process. */
export interface FarSide {
  readonly dedupes: boolean;
  readonly keys: string[];
  readonly shown: { readonly to: string; readonly text: string; readonly files: readonly string[] }[];
}

/** A process that stops at a step: from then on none of its calls is made, and no answer comes. */
export interface MortalProcess {
  readonly outbox: Outbox;
  readonly isDead: () => boolean;
  /** How many steps it has taken. */
  readonly steps: () => number;
}

const never = (): Promise<never> => new Promise(() => {});

/**
 * A step is the moment before a call of the store or of the far side is made, or the moment before its answer comes. `diesAt` is
 * the number of the first step that does not happen.
 */
export function startProcess(store: OutboxStore, far: FarSide, diesAt = Infinity): MortalProcess {
  let steps = 0;
  const lives = (): boolean => ++steps < diesAt;
  const mortal = async <T>(call: () => Promise<T>): Promise<T> => {
    if (!lives()) return await never();
    const answer = await call();
    return lives() ? answer : await never();
  };
  const mortalStore = new Proxy(store, {
    get(target, name: keyof OutboxStore) {
      const method = target[name] as (...given: unknown[]) => Promise<unknown>;
      if (name === "openBlob") return target.openBlob.bind(target);
      return (...given: unknown[]) => mortal(() => method.apply(target, given));
    },
  });
  const transport: Transport = {
    name: "far",
    caps: { maxText: 64, dedupe: far.dedupes ? "key" : "none" },
    send: (destination, part) => mortal(() => receive(far, destination, part)),
  };
  const deliverer: Deliverer = createDeliverer(transport);
  const outbox = createOutbox({
    store: mortalStore,
    deliverer,
    deadlineMs: 5_000,
    leaseMs: 1_000,
    pollMs: 5,
  });
  return { outbox, isDead: () => steps >= diesAt, steps: () => steps };
}

async function receive(far: FarSide, { to }: Destination, { key, text, files }: Part): Promise<void> {
  const contents = await Promise.all(files.map((file) => new Response(file.stream()).text()));
  if (far.dedupes && far.keys.includes(key)) return;
  far.keys.push(key);
  far.shown.push({ to, text, files: contents });
}
