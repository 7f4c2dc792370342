import { Worker } from "node:worker_threads";

/** `PASSIVE` keeps nobody from writing; `RESTART` does, so that the log can start again. */
export type CheckpointOrder = "PASSIVE" | "RESTART" | "CLOSE";

export interface CheckpointResult {
  /** 1 if somebody else was in the way. */
  readonly busy: number;
  /** How many frames of the log are in the database by now. */
  readonly checkpointed: number;
}

/**
 * What the thread runs. Not a file of its own, which a bundler that moves this module would leave behind.
 *
 * It may wait for locks, for it holds up nobody. That `node:sqlite` is experimental, where Node says so, was said in the
 * main thread.
 */
const program = `
  process.emitWarning = () => {};
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData.file);
  database.exec(workerData.settings);
  database.exec("PRAGMA busy_timeout = 50");
  parentPort.on("message", (order) => {
    if (order === "CLOSE") {
      database.close();
      parentPort.close();
      return;
    }
    let result;
    try {
      result = { ...database.prepare("PRAGMA wal_checkpoint(" + order + ")").get() };
    } catch {}
    parentPort.postMessage(result);
  });
`;

/** Starts a thread that makes checkpoints as it is told, and answers with what it found, or `undefined` if it failed. */
export function startCheckpointWorker(file: string, settings: string): Worker {
  const worker = new Worker(program, {
    eval: true,
    workerData: { file, settings },
    // Nothing that the program was started with, such as hooks that load modules, has a part in this.
    execArgv: [],
  });
  worker.unref();
  return worker;
}
