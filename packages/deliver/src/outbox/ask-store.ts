const firstWaitMs = 50;
const longestWaitMs = 5_000;

/**
 * Asks a store until it answers: calls are idempotent, so an answer that was lost comes again. After an abort once more, and after
 * so many times, it rejects with what the store said last.
 */
export async function askStore<T>(ask: () => Promise<T>, tries: number, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const aborted = signal.aborted;
    try {
      return await ask();
    } catch (error) {
      if (tried >= tries || aborted) throw error;
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
