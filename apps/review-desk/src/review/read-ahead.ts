/**
 * Reads an iterable to its end on its own, and hands its items on as they come: so that a total is known early although
 * the consumer takes its time. What it holds is what the consumer has not taken yet.
 */
export async function* readAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const waiting: T[] = [];
  let wake = Promise.withResolvers<void>();
  let ended = false;
  let stopped = false;

  async function read(): Promise<void> {
    try {
      for await (const item of items) {
        if (stopped) return;
        waiting.push(item);
        wake.resolve();
      }
    } finally {
      ended = true;
      wake.resolve();
    }
  }

  const reading = read();
  // Its failure is thrown below, after what came before it.
  reading.catch(() => {});
  try {
    for (;;) {
      const batch = waiting.splice(0);
      yield* batch;
      if (waiting.length > 0) continue;
      if (ended) break;
      await wake.promise;
      wake = Promise.withResolvers();
    }
    await reading;
  } finally {
    stopped = true;
  }
}
