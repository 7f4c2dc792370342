import { cancelled, cancelLive } from "./cancel-run.ts";
import { unref } from "./event-hub.ts";
import { reportProblem } from "./internal/logger.ts";
import type { Parts } from "./parts.ts";

/**
 * Asks the store, again and again until it is told to stop, whose end another process has asked for of the runs that run here, and
 * stops those. It keeps no process alive.
 *
 * @returns what stops it
 */
export function watchCancels(parts: Parts): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let isStopped = false;
  const look = async (): Promise<void> => {
    // A store that does not answer is asked again.
    await stopAsked(parts).catch(() => {});
    if (!isStopped) timer = unref(setTimeout(() => void look(), parts.pollMs));
  };
  timer = unref(setTimeout(() => void look(), parts.pollMs));
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

async function stopAsked(parts: Parts): Promise<void> {
  const { books, live, logger } = parts;
  const running = [...live.values()].filter(({ job, isDecided }) => job && !isDecided);
  if (!books || running.length === 0) return;
  for (const runId of await books.cancels(running.map(({ facts }) => facts.runId))) {
    const run = live.get(runId);
    const cancelling = run && cancelLive(parts, run, cancelled(runId));
    cancelling?.catch((error: unknown) => reportProblem(logger, `Run "${runId}" cannot be stopped`, error));
  }
}
