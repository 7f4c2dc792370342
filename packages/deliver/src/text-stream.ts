/** Anything text can be written to: `process.stdout`, a web stream's writer, an object in a test. */
export interface TextStream {
  /** A promise that it returns is waited for. */
  write(text: string): unknown;
}

/** What Node's writable streams have on top; recognised by shape, so that no runtime is named. */
interface EmitterStream {
  write(text: string, done: (error?: unknown) => void): unknown;
  on(event: string, listener: (error?: unknown) => void): unknown;
  off(event: string, listener: (error?: unknown) => void): unknown;
  readonly writableLength?: unknown;
}

/**
 * Writes text and resolves when the stream has passed all of it on, so that a process may end right after.
 *
 * A Node stream that fails rejects the promise here; its `error` event is heard, so it ends no process.
 */
export async function writeText(stream: TextStream, text: string): Promise<void> {
  if (isEmitter(stream)) await flush(stream, text);
  else await stream.write(text);
}

function isEmitter(stream: TextStream): stream is TextStream & EmitterStream {
  const { on, off } = stream as Partial<EmitterStream>;
  return typeof on === "function" && typeof off === "function";
}

function flush(stream: EmitterStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const release = (): void => {
      clearTimeout(timer);
      for (const [event, listener] of listeners) stream.off(event, listener);
    };
    const succeed = (): void => {
      release();
      resolve();
    };
    const fail = (error: unknown): void => {
      release();
      reject(error);
    };
    const closed = (): void => fail(Object.assign(new Error("Closed"), { code: "ERR_STREAM_DESTROYED" }));
    const settleNextTurn = (settle: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(settle, 0);
    };
    const listeners = [
      ["error", fail],
      ["close", closed],
      ["drain", succeed],
    ] as const;
    for (const [event, listener] of listeners) stream.on(event, listener);
    try {
      const accepted = stream.write(text, (error) => {
        // The `error` event comes after this callback, or never: the listener must outlast it by one turn.
        if (error) settleNextTurn(() => fail(error));
        else succeed();
      });
      // A `write` that somebody has replaced to capture output may not know of callbacks.
      if (!isPending(stream, accepted)) settleNextTurn(succeed);
    } catch (error) {
      fail(error);
    }
  });
}

function isPending({ writableLength }: EmitterStream, accepted: unknown): boolean {
  return typeof writableLength === "number" ? writableLength > 0 : accepted === false;
}
