import { memoryOutboxStore, type OutboxStore } from "@executus/deliver/outbox";
import { memoryStore, type PersistenceStore } from "@executus/lane/persisted";
import type { RunStore } from "../src/store/run-store.ts";
import { memoryRunStore } from "../src/store/memory-run-store.ts";

export interface WholeStore extends PersistenceStore, OutboxStore, RunStore {}

/** Three memory stores as one object. */
export function combinedStore(): WholeStore {
  const stores = [memoryStore(), memoryOutboxStore(), memoryRunStore()];
  return new Proxy({} as WholeStore, {
    get(_target, name) {
      for (const store of stores) {
        const method: unknown = Reflect.get(store, name, store);
        if (typeof method === "function") return (method as () => unknown).bind(store);
      }
      return undefined;
    },
    has: (_target, name) => stores.some((store) => name in store),
  });
}

/**
 * The same store as a process sees it that dies at one of its calls: that one, and all after it, are never answered. The world that
 * is built anew uses the store itself.
 *
 * @param dies says of each call if it is the last: `"before"` it does its work or `"after"`
 */
export function dyingStore(
  store: WholeStore,
  dies: (method: string, callNumber: number) => "before" | "after" | undefined,
): { readonly store: WholeStore; readonly died: Promise<void>; readonly calls: readonly string[] } {
  let isDead = false;
  const calls: string[] = [];
  const { promise: died, resolve } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  const proxy = new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || name === "openBlob") return method;
      return async (...given: unknown[]) => {
        if (isDead) return never;
        const call = method as (...args: unknown[]) => Promise<unknown>;
        const when = dies(String(name), calls.push(String(name)));
        if (!when) return call(...given);
        isDead = true;
        if (when === "after") await call(...given);
        resolve();
        return never;
      };
    },
  });
  return { store: proxy, died, calls };
}

/** The same store with calls of some methods replaced. */
export function changedStore(store: WholeStore, changes: Partial<WholeStore>): WholeStore {
  return new Proxy(store, {
    get: (target, name) => Reflect.get(changes, name) ?? Reflect.get(target, name),
  });
}
