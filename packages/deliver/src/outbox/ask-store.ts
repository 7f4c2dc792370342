/** How long a call may take, and how long from the abort on. */
const [answerMs, leaveMs] = [10_000, 5_000];
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
      return await answerOf(ask(), signal);
    } catch (error) {
      // A store that is silent when the end comes is not waited for twice.
      const isLeft = signal.aborted && Object(error).name === "TimeoutError";
      if (tried >= tries || aborted || isLeft) throw error;
    }
    await pause(Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tried - 1, 10)), signal);
  }
}

/** The same answer, or a `TimeoutError`. One promise, timer and listener for both limits, since every delivery waits here twice. */
function answerOf<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => {
      signal.removeEventListener("abort", leave);
      reject(new DOMException("The store does not answer", "TimeoutError"));
    };
    let timer = setTimeout(late, answerMs);
    const leave = (): void => {
      clearTimeout(timer);
      timer = setTimeout(late, leaveMs);
    };
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    };
    if (signal.aborted) leave();
    else {
      // It is asked again by a poll: nobody waits for this.
      timer.unref();
      signal.addEventListener("abort", leave, { once: true });
    }
    Promise.resolve(work).then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
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
