import { createLane, type LaneOptions } from "../../src/index.ts";
import {
  type JobRow,
  type PersistedEvent,
  type PersistedLane,
  type PersistenceStore,
  persistLane,
  type PersistOptions,
} from "../../src/persisted.ts";

export const leaseMs = 3_000;

/** A process in miniature: a lane of its own on a store that others use too, until it dies. */
export interface MiniProcess {
  readonly lane: PersistedLane;
  readonly events: PersistedEvent[];
  /** From now on nothing that it does reaches the store, and it learns of nothing, as after SIGKILL. */
  die(): void;
  /** As `die`, until `wake`: then what it had under way reaches the store. */
  freeze(): void;
  wake(): void;
}

export function startProcess(
  store: PersistenceStore,
  lane: Partial<LaneOptions> = {},
  options: PersistOptions = {},
): MiniProcess {
  let isDead = false;
  let awake = Promise.resolve();
  let wake = (): void => {};
  const reach = new Proxy(store, {
    get: (target, method) => {
      const work = target[method as keyof PersistenceStore] as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        const isAsleep = awake;
        await isAsleep;
        if (isDead) return new Promise(() => {});
        return work.apply(target, given);
      };
    },
  });
  const events: PersistedEvent[] = [];
  const onEvent = (event: PersistedEvent): number => events.push(event);
  const inner = createLane({ name: "llm", maxConcurrent: 1, ...lane });
  return {
    lane: persistLane(inner, reach, { leaseMs, storeTimeoutMs: 60_000, onEvent, ...options }),
    events,
    die() {
      isDead = true;
    },
    freeze() {
      const { promise, resolve } = Promise.withResolvers<void>();
      awake = promise;
      wake = resolve;
    },
    wake: () => wake(),
  };
}

/** Jobs by name, each of which notes that it ran. */
export function recorder(): { ran: string[]; reconstruct: (row: JobRow) => () => string } {
  const ran: string[] = [];
  return {
    ran,
    reconstruct:
      ({ jobId }) =>
      () => {
        ran.push(jobId);
        return jobId;
      },
  };
}

export function forever(): Promise<never> {
  return new Promise(() => {});
}

export const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
export const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
