import { openSqliteStore, type SqliteStore } from "../src/index.ts";
import { temporaryFile } from "./temporary-file.ts";

export interface OpenedForSuite {
  readonly store: SqliteStore;
  readonly second: () => Promise<SqliteStore>;
  readonly reopen: () => Promise<SqliteStore>;
  readonly close: () => Promise<void>;
}

/** A store in a file of its own, as a conformance suite asks for it. */
export async function openForSuite(): Promise<OpenedForSuite> {
  const file = await temporaryFile();
  const opened: SqliteStore[] = [];
  const open = async (): Promise<SqliteStore> => {
    const store = await openSqliteStore({ file });
    opened.push(store);
    return store;
  };
  const store = await open();
  return {
    store,
    second: open,
    reopen: async () => {
      await store.close();
      return open();
    },
    close: async () => {
      for (const each of opened) await each.close();
    },
  };
}
