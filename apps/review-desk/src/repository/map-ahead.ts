/** Files looked at together: more gains nothing, and each may take the memory of one file. */
export const READ_AHEAD = 16;

/**
 * Works on up to `count` items of a source at a time and yields the results in the source's order. Holds
 * no more than that many. When the caller stops, so does the source, and what runs is waited for.
 */
export async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  count: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of source) {
      const result = work(item);
      result.catch(() => {}); // It is rejected again when its turn comes.
      running.push(result);
      if (running.length >= count) yield await running.shift()!;
    }
    for (let result = running.shift(); result; result = running.shift()) yield await result;
  } finally {
    await Promise.allSettled(running);
  }
}
