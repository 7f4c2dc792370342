import { untilLeft } from "../until-left.ts";
import { untilLate } from "./until-late.ts";

const firstWaitMs = 50;
const longestWaitMs = 5_000;

/**
 * Asks a store until it answers: calls are idempotent, so an answer that was lost comes again, also beside a call that hangs. After an
 * abort once more, and after so many times, it rejects with what the store said last.
 */
export async function askStore<T>(ask: () => Promise<T>, tries: number, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const aborted = signal.aborted;
    try {
      return await untilLeft(untilLate(ask(), "The store"), signal, "The store");
    } catch (error) {
      // A store that is silent when the end comes is not waited for twice.
      const isLeft = signal.aborted && Object(error).name === "TimeoutError";
      if (tried >= tries || aborted || isLeft) throw error;
    }
    await pause(Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tried - 1, 10)), signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
