export interface HandStream {
  readonly stream: ReadableStream<Uint8Array>;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly isCancelled: () => boolean;
}

/** A stream whose chunks the test gives one by one. */
export function handStream(): HandStream {
  let given: ReadableStreamDefaultController<Uint8Array> | undefined;
  let wasCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (given = controller),
    cancel: () => void (wasCancelled = true),
  });
  return {
    stream,
    controller: given as ReadableStreamDefaultController<Uint8Array>,
    isCancelled: () => wasCancelled,
  };
}
