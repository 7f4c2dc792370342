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
  readonly closed?: unknown;
}

/** As they are at import: a test's fake clock must not hold up a delivery, which only waits for its turn. */
const { setTimeout, clearTimeout } = globalThis;

const failing = new WeakSet<EmitterStream>();

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
    let settled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = (then: () => void): void => {
      settled = true;
      clearTimeout(timer);
      for (const [event, listener] of listeners) stream.off(event, listener);
      then();
    };
    const succeed = (): void => settle(resolve);
    const fail = (error: unknown): void => settle(() => reject(error));
    const closed = (): void => fail(Object.assign(new Error("Closed"), { code: "ERR_STREAM_DESTROYED" }));
    const listeners = [
      ["error", fail],
      ["close", closed],
      ["drain", succeed],
    ] as const;
    for (const [event, listener] of listeners) stream.on(event, listener);
    try {
      const accepted = stream.write(text, (error) => {
        if (settled) return;
        if (!error) return succeed();
        hearOut(stream);
        fail(error);
      });
      // A `write` that somebody has replaced to capture output may not know of callbacks.
      if (!settled && !isPending(stream, accepted)) timer = setTimeout(succeed, 0);
    } catch (error) {
      fail(error);
    }
  });
}

/** Hears the `error` event of a failed write. It comes once the stream is destroyed, which for a file takes a while. */
function hearOut(stream: EmitterStream): void {
  if (stream.closed === true || failing.has(stream)) return;
  failing.add(stream);
  const heard = (): void => {
    failing.delete(stream);
    stream.off("error", heard);
    stream.off("close", heard);
  };
  stream.on("error", heard);
  stream.on("close", heard);
}

function isPending({ writableLength }: EmitterStream, accepted: unknown): boolean {
  return typeof writableLength === "number" ? writableLength > 0 : accepted === false;
}
