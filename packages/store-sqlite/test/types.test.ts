import type { DedupeStore } from "@executus/deliver";
import type { OutboxStore } from "@executus/deliver/outbox";
import type { RunStore } from "@executus/harness";
import type { PersistenceStore } from "@executus/lane/persisted";
import { expectTypeOf, test } from "vitest";
import { openSqliteStore, type StoreError, type SqliteStore, type StoreErrorCode } from "../src/index.ts";

test("openSqliteStore() opens a PersistenceStore, method by method", () => {
  expectTypeOf(openSqliteStore).returns.toEqualTypeOf<Promise<SqliteStore>>();
  expectTypeOf<SqliteStore>().toExtend<PersistenceStore>();
  expectTypeOf<Pick<SqliteStore, keyof PersistenceStore>>().toEqualTypeOf<PersistenceStore>();
  expectTypeOf<SqliteStore>().toExtend<AsyncDisposable>();
});

test("openSqliteStore() opens a RunStore, method by method", () => {
  expectTypeOf<SqliteStore>().toExtend<RunStore>();
  expectTypeOf<Pick<SqliteStore, keyof RunStore>>().toEqualTypeOf<RunStore>();
});

test("openSqliteStore() opens an OutboxStore and a DedupeStore, method by method", () => {
  expectTypeOf<SqliteStore>().toExtend<OutboxStore>();
  expectTypeOf<SqliteStore>().toExtend<DedupeStore>();
  expectTypeOf<Pick<SqliteStore, keyof OutboxStore>>().toEqualTypeOf<OutboxStore>();
  expectTypeOf<Pick<SqliteStore, keyof DedupeStore>>().toEqualTypeOf<DedupeStore>();
});

test("a StoreError says by its code what happened, and if the same call may work later", () => {
  expectTypeOf<StoreError["code"]>().toEqualTypeOf<StoreErrorCode>();
  expectTypeOf<StoreError["retryable"]>().toEqualTypeOf<boolean>();
});
