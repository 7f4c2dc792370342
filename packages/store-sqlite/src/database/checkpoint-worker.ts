import { Worker } from "node:worker_threads";

/** What a checkpoint found: frames in the log, and how many of them are in the database by now. */
export interface CheckpointResult {
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * What the thread runs. Not a file of its own: a bundler that moves this module would not find it.
 *
 * The thread has its own connection, and so its own say in what is written when; its warning that `node:sqlite` is
 * experimental, where Node has one, was given by the main thread already.
 */
const program = `
  process.emitWarning = () => {};
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const database = new DatabaseSync(workerData.file);
  database.exec(workerData.settings);
  const checkpoint = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  parentPort.on("message", (isLast) => {
    if (isLast) {
      database.close();
      parentPort.close();
      return;
    }
    let result;
    try {
      result = checkpoint.get();
    } catch {}
    parentPort.postMessage(result && { ...result });
  });
`;

/** Starts a thread that makes a checkpoint for every \`false\`, answers what it found, and ends after a \`true\`. */
export function startCheckpointWorker(file: string, settings: string): Worker {
  const worker = new Worker(program, {
    eval: true,
    workerData: { file, settings },
    // Nothing that the program was started with, such as a hook that loads modules, has a part in this.
    execArgv: [],
  });
  worker.unref();
  return worker;
}
