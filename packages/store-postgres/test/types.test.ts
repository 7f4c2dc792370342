import type { DedupeStore } from "@executus/deliver";
import type { OutboxStore } from "@executus/deliver/outbox";
import type { RunStore } from "@executus/harness";
import type { PersistenceStore } from "@executus/lane/persisted";
import type { BlobStore } from "@executus/pendingattach";
import type { Pool, PoolClient } from "pg";
import { expectTypeOf, test } from "vitest";
import type { PostgresClient, PostgresPool, PostgresStore } from "../src/index.ts";
import { postgresStore } from "../src/index.ts";

test("a postgres store is the PersistenceStore that a persisted lane asks for", () => {
  expectTypeOf<PostgresStore>().toExtend<PersistenceStore>();
  expectTypeOf<PostgresStore>().toExtend<AsyncDisposable>();
  expectTypeOf(postgresStore).returns.toEqualTypeOf<PostgresStore>();
});

test("a postgres store is the RunStore that a harness asks for, method by method", () => {
  expectTypeOf<PostgresStore>().toExtend<RunStore>();
  expectTypeOf<Pick<PostgresStore, keyof RunStore>>().toEqualTypeOf<RunStore>();
});

test("a postgres store is an OutboxStore, a DedupeStore and a BlobStore, method by method", () => {
  expectTypeOf<Pick<PostgresStore, keyof OutboxStore>>().toEqualTypeOf<OutboxStore>();
  expectTypeOf<Pick<PostgresStore, keyof DedupeStore>>().toEqualTypeOf<DedupeStore>();
  expectTypeOf<PostgresStore>().toExtend<BlobStore>();
});

test("the Pool of pg is a PostgresPool, and so is nothing without connections", () => {
  expectTypeOf<Pool>().toExtend<PostgresPool>();
  expectTypeOf<PoolClient>().toExtend<PostgresClient>();
  expectTypeOf<{ end(): Promise<void> }>().not.toExtend<PostgresPool>();
});
