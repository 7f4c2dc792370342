/**
 * Hands items on in order, and begins work on each `size` items before its turn: an analyser that starts for many files
 * at once does in one run what would else take many.
 */
export async function* warmAhead<T>(
  items: AsyncIterable<T>,
  size: number,
  warm: (item: T) => void,
): AsyncGenerator<T> {
  const window: T[] = [];
  for await (const item of items) {
    warm(item);
    window.push(item);
    if (window.length > size) yield window.shift() as T;
  }
  yield* window;
}
