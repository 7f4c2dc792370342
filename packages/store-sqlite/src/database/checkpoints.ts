import type { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";
import { type CheckpointOrder, type CheckpointResult, startCheckpointWorker } from "./checkpoint-worker.ts";
import { LogLength } from "./log-length.ts";

/** From so many frames on the log is brought into the database; below that too few pages would be worth the work. */
const manyFrames = 2_000;
/** From so many frames on writers wait for the thread, where it is slower than they are. */
const tooManyFrames = 10_000;
/** So few frames are copied in a moment. */
const fewFrames = 200;
/** Whoever writes as fast as the thread copies would otherwise never let it come to an end. */
const maxRounds = 3;
/** The log is looked at after so much time in transactions, and less often where it could not start again. */
const lookAfterMs = { usually: 2, whenBusy: 100 };

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
 * The thread copies beside the writers until little is left. For that the writers wait, in nobody's way, since the log can
 * start again from its beginning only once all of it is copied.
 */
export class Checkpoints {
  readonly #database: DatabaseSync;
  readonly #options: CheckpointOptions;
  #log: LogLength | undefined;
  #worker: Worker | undefined;
  /** What the thread is at. */
  #order: CheckpointOrder | undefined;
  #isHolding = false;
  #isInline = false;
  #rounds = 0;
  /** Right away at first: a process before this one may have left a long log. */
  #untilLookMs = 0;

  constructor(database: DatabaseSync, options: CheckpointOptions) {
    this.#database = database;
    this.#options = options;
    database.exec("PRAGMA wal_autocheckpoint = 0");
  }

  /** After a commit. How long the transaction took is a measure of what it wrote. */
  note(tookMs: number): void {
    this.#untilLookMs -= tookMs;
    if (this.#untilLookMs > 0 || this.#isInline) return;
    this.#untilLookMs = lookAfterMs.usually;
    try {
      this.#log ??= new LogLength(this.#options.file, this.#database);
      if (this.#order) {
        if (this.#log.reaches(tooManyFrames)) this.#hold();
      } else if (this.#log.reaches(manyFrames)) {
        this.#worker ??= this.#start();
        this.#rounds = 0;
        this.#give("PASSIVE");
      }
    } catch {
      this.#stayInline();
    }
  }

  /** Closes the database. If there is a thread it closes it last, which is when the last checkpoint is made. */
  async close(): Promise<void> {
    this.#log?.close();
    this.#database.close();
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      this.#give("CLOSE");
    });
  }

  #start(): Worker {
    const worker = startCheckpointWorker(this.#options.file, this.#options.settings);
    worker.on("message", (result?: CheckpointResult) => this.#onResult(result));
    worker.on("error", () => {});
    worker.on("exit", () => this.#stayInline());
    return worker;
  }

  #give(order: CheckpointOrder): void {
    this.#order = order;
    this.#rounds += 1;
    if (order === "RESTART") this.#hold();
    this.#worker?.postMessage(order);
  }

  #onResult(result: CheckpointResult | undefined): void {
    const order = this.#order;
    if (order === "CLOSE") return;
    this.#order = undefined;
    if (order === "PASSIVE" && result) {
      // What it counted was there when it began.
      const isFarBehind = this.#log?.reaches(result.checkpointed + fewFrames);
      const isPatient = !this.#isHolding && this.#rounds < maxRounds;
      this.#give(isFarBehind && isPatient ? "PASSIVE" : "RESTART");
    } else {
      if (result?.busy !== 0) this.#untilLookMs = lookAfterMs.whenBusy;
      this.#release();
    }
  }

  #hold(): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    // Promises wait for the thread now, and so the process does.
    this.#worker?.ref();
    this.#options.hold();
  }

  #release(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.#worker?.unref();
    this.#options.release();
  }

  /** Where there can be no thread SQLite makes checkpoints after a commit, as it does everywhere else. */
  #stayInline(): void {
    const isClosed = this.#order === "CLOSE";
    this.#worker = undefined;
    this.#order = undefined;
    if (isClosed || this.#isInline) return;
    this.#isInline = true;
    this.#database.exec("PRAGMA wal_autocheckpoint = 1000");
    this.#release();
  }
}
