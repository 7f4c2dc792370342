/**
 * A stream that never fails: where the given one does, it ends, and `onError` is told. The server would take the failure of a body
 * for one of the process.
 */
export function unbroken(
  stream: ReadableStream<Uint8Array>,
  onError: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.close();
        onError(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
