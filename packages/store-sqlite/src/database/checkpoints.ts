import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { type CheckpointResult, startCheckpointWorker } from "./checkpoint-worker.ts";

/** The log is looked at once in so many operations. */
const operationsPerLook = 64;
/** Above this the log is brought into the database; below it the work would be done for too few pages. */
const maxLogBytes = 4 * 2 ** 20;
/** So few frames are no trouble here. */
const fewFrames = 256;
/** Whoever writes as fast as the thread copies would otherwise never let it come to an end. */
const maxRounds = 3;

/**
 * Brings the write-ahead log back into the database in a thread of its own. A checkpoint syncs two files, which takes
 * long, and done by SQLite after a commit would stop the event loop for as long.
 *
 * The log can start again from its beginning only once all of it is copied, and its last part is copied here: nothing is
 * written meanwhile.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #settings: string;
  #worker: Worker | undefined;
  #isBusy = false;
  #isInline = false;
  #rounds = 0;
  /** Right away at first: a process before this one may have left a long log. */
  #untilLook = 0;

  constructor(database: DatabaseSync, file: string, settings: string) {
    this.#database = database;
    this.#file = file;
    this.#settings = settings;
    database.exec("PRAGMA wal_autocheckpoint = 0");
    // When the log starts again, what is longer is cut off: its size says how much is in it.
    database.exec(`PRAGMA journal_size_limit = ${maxLogBytes / 4}`);
  }

  /** After a commit of so many operations. */
  note(operationCount: number): void {
    this.#untilLook -= operationCount;
    if (this.#untilLook > 0 || this.#isBusy || this.#isInline) return;
    this.#untilLook = operationsPerLook;
    const { size = 0 } = statSync(`${this.#file}-wal`, { throwIfNoEntry: false }) ?? {};
    if (size < maxLogBytes) return;
    this.#rounds = 0;
    this.#ask();
  }

  /** After the database was closed. The thread, which was left with it, makes the last checkpoint. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#isInline = true;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage(true);
    });
  }

  #ask(): void {
    this.#isBusy = true;
    this.#rounds += 1;
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage(false);
    } catch {
      this.#stayInline();
    }
  }

  #start(): Worker {
    const worker = startCheckpointWorker(this.#file, this.#settings);
    worker.on("message", (result?: CheckpointResult) => this.#onResult(result));
    worker.on("error", () => this.#stayInline());
    return worker;
  }

  #onResult(result: CheckpointResult | undefined): void {
    if (this.#isInline) return;
    this.#isBusy = false;
    if (!result) return;
    const left = result.log - result.checkpointed;
    if (left > fewFrames && this.#rounds < maxRounds) this.#ask();
    else this.#database.exec("PRAGMA wal_checkpoint(RESTART)");
  }

  /** Where there can be no thread SQLite does it after a commit, as it does everywhere else. */
  #stayInline(): void {
    this.#worker = undefined;
    if (this.#isInline) return;
    this.#isInline = true;
    this.#database.exec("PRAGMA wal_autocheckpoint = 1000");
  }
}
