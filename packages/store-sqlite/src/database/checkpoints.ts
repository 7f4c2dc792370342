import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { type CheckpointOrder, type CheckpointResult, startCheckpointWorker } from "./checkpoint-worker.ts";

/** The log is looked at once in so many operations. */
const operationsPerLook = 64;
/** Above this the log is brought into the database; below it the work would be done for too few pages. */
const maxLogBytes = 4 * 2 ** 20;
/** So few frames are copied in a moment. */
const fewFrames = 256;
/** Whoever writes as fast as the thread copies would otherwise never let it come to an end. */
const maxRounds = 3;

export interface CheckpointOptions {
  readonly file: string;
  /** SQL for the thread's connection. */
  readonly settings: string;
  /** Called when nothing may be written for a moment, and when it may be again. */
  readonly hold: () => void;
  readonly release: () => void;
}

/**
 * Brings the write-ahead log back into the database in a thread of its own. A checkpoint syncs two files, which takes
 * long, and done by SQLite itself after a commit it would stop the event loop for as long.
 *
 * The thread copies beside the writers until little is left. For that they wait, without being in anybody's way, since the
 * log can start again from its beginning only once all of it is copied.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #options: CheckpointOptions;
  #worker: Worker | undefined;
  #order: CheckpointOrder | undefined;
  #isInline = false;
  #rounds = 0;
  /** Right away at first: a process before this one may have left a long log. */
  #untilLook = 0;

  constructor(database: DatabaseSync, options: CheckpointOptions) {
    this.#database = database;
    this.#options = options;
    database.exec("PRAGMA wal_autocheckpoint = 0");
    // When the log starts again what is longer is cut off: its size says how much is in it.
    database.exec(`PRAGMA journal_size_limit = ${maxLogBytes / 4}`);
  }

  /** After a commit of so many operations. */
  note(operationCount: number): void {
    this.#untilLook -= operationCount;
    if (this.#untilLook > 0 || this.#order || this.#isInline) return;
    this.#untilLook = operationsPerLook;
    const { size = 0 } = statSync(`${this.#options.file}-wal`, { throwIfNoEntry: false }) ?? {};
    if (size < maxLogBytes) return;
    this.#rounds = 0;
    this.#give("PASSIVE");
  }

  /** After the database was closed: the thread, which was left with it, makes the last checkpoint. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#isInline = true;
    if (!worker) return;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage("CLOSE" satisfies CheckpointOrder);
    });
  }

  #give(order: CheckpointOrder): void {
    this.#order = order;
    this.#rounds += 1;
    if (order === "RESTART") this.#options.hold();
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(order);
    } catch {
      this.#stayInline();
    }
  }

  #start(): Worker {
    const worker = startCheckpointWorker(this.#options.file, this.#options.settings);
    worker.on("message", (result?: CheckpointResult) => this.#onResult(result));
    worker.on("error", () => this.#stayInline());
    return worker;
  }

  #onResult(result: CheckpointResult | undefined): void {
    const order = this.#order;
    this.#order = undefined;
    if (order === "RESTART") this.#options.release();
    else if (result && !this.#isInline) {
      const isNearlyDone = result.log - result.checkpointed <= fewFrames;
      this.#give(isNearlyDone || this.#rounds >= maxRounds ? "RESTART" : "PASSIVE");
    }
  }

  /** Where there can be no thread SQLite makes checkpoints after a commit, as it does everywhere else. */
  #stayInline(): void {
    this.#worker = undefined;
    if (this.#order === "RESTART") this.#options.release();
    this.#order = undefined;
    if (this.#isInline) return;
    this.#isInline = true;
    this.#database.exec("PRAGMA wal_autocheckpoint = 1000");
  }
}
