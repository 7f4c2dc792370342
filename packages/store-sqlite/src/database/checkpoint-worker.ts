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
  // Whoever waits in this thread holds up nobody.
  database.exec("PRAGMA busy_timeout = 50");
  parentPort.on("message", (mode) => {
    if (mode === "CLOSE") {
      database.close();
      parentPort.close();
      return;
    }
    let result;
    try {
      result = database.prepare("PRAGMA wal_checkpoint(" + mode + ")").get();
    } catch {}
    parentPort.postMessage(result && { ...result });
  });
`;

/** `PASSIVE` keeps nobody from writing, and `RESTART` whoever would keep the log from starting again. */
export type CheckpointOrder = "PASSIVE" | "RESTART" | "CLOSE";

/** Starts a thread that makes checkpoints as it is told and answers with what it found, until it is told to close. */
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
