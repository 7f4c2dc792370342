import { persistenceStoreConformance } from "@executus/lane/conformance";
import { test } from "vitest";
import { openSqliteStore, type SqliteStore } from "../src/index.ts";
import { temporaryFile } from "./temporary-file.ts";

persistenceStoreConformance(test, async () => {
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
});
