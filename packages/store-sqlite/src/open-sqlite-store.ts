/// <reference lib="esnext.disposable" preserve="true" />
import { resolve } from "node:path";
import { type BlobStore, createBlobStore } from "./blobs/blob-store.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { Checkpoints } from "./database/checkpoints.ts";
import { type Durability, openDatabase, settingsOf } from "./database/open-database.ts";
import { OperationQueue } from "./database/operation-queue.ts";
import { createDeliveryStore, type DeliveryStore } from "./deliveries/delivery-store.ts";
import { createJobStore, type JobStore } from "./jobs/job-store.ts";
import { migrations } from "./migrations.ts";
import { createPartStore, type PartStore } from "./parts/part-store.ts";
import { createRunStore, type RunStore } from "./runs/run-store.ts";

export interface SqliteStoreOptions {
  /** Path of the file. It is made if it is missing, its folder is not. Beside it lie `<file>-wal` and `<file>-shm`. */
  readonly file: string;
  /**
   * What survives of what was answered. `"process"`: everything, whenever a process is killed; a power cut may take the
   * last moments. `"power"`: everything, also in a power cut; every transaction waits for the disk.
   *
   * @default "process"
   */
  readonly durability?: Durability | undefined;
  /** How long to wait, in milliseconds, while another process has the file locked; `Infinity` is no end. @default 5_000 */
  readonly lockTimeoutMs?: number | undefined;
  /** Epoch milliseconds, for the stamps of rows, for purging and for the leases of deliveries and parts. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * An open SQLite file. Its methods reject with a `StoreError` for what the file does not let them do; the store can be used
 * on after that.
 */
export interface SqliteStore
  extends JobStore, RunStore, DeliveryStore, BlobStore, PartStore, AsyncDisposable {
  /** Takes no more calls, finishes those that were made and closes the file. May be called again. */
  close(): Promise<void>;
}

/**
 * Opens a store in a SQLite file. Several stores, in one process or in several, may have the same file open.
 *
 * @throws {StoreError} for what is wrong with the file, in which nothing was changed then.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { durability = "process", lockTimeoutMs = 5_000, clock = (): number => Date.now() } = options;
  checkOptions({ file: options.file, durability, lockTimeoutMs, clock });
  const file = resolve(options.file);
  return openDatabase({ file, durability, lockTimeoutMs, migrations }, (database) => {
    const checkpoints = new Checkpoints(database, {
      file,
      settings: settingsOf(durability),
      hold: () => queue.hold(),
      release: () => queue.release(),
    });
    const onCommit = (tookMs: number): void => checkpoints.note(tookMs);
    const queue = new OperationQueue(database, { file, lockTimeoutMs, clock, onCommit });
    const finish = async (): Promise<void> => {
      await queue.close();
      await checkpoints.close();
    };
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= finish());
    return {
      ...createJobStore(database, queue),
      ...createRunStore(database, queue),
      ...createDeliveryStore(database, queue),
      ...createBlobStore(database, queue),
      ...createPartStore(database, queue),
      close,
      [Symbol.asyncDispose]: close,
    };
  });
}

const action = "Cannot open store";
const knownOptions = { file: true, durability: true, lockTimeoutMs: true, clock: true } as const;

function checkOptions({ file, durability, lockTimeoutMs, clock }: Required<SqliteStoreOptions>): void {
  // SQLite gives these names a meaning of its own: a database that is in no file.
  if (typeof file !== "string" || ["", ":memory:"].includes(file) || file.includes("\0")) {
    throw new TypeError(`${action}: 'file' must be the path of a file: received ${show(file)}`);
  }
  if (durability !== "process" && durability !== "power") {
    throw new RangeError(
      `${action}: 'durability' must be "process" or "power": received ${show(durability)}`,
    );
  }
  const range = `${action}: 'lockTimeoutMs' must be a number of at least 0: received ${show(lockTimeoutMs)}`;
  if (typeof lockTimeoutMs !== "number") throw new TypeError(range);
  if (!(lockTimeoutMs >= 0)) throw new RangeError(range);
  if (typeof clock !== "function") {
    throw new TypeError(`${action}: 'clock' must be a function: received ${show(clock)}`);
  }
}
