const maxBytes = 65_536;
const maxMs = 5_000;

/** What is read of an answer. */
interface BodyStream {
  on(event: string, listener: (chunk: Uint8Array) => void): unknown;
}

/**
 * Reads the beginning of an answer: as much as comes within 64 KiB, some seconds, and before the connection ends. Never rejects: the
 * status has been said.
 */
export function readBody(response: BodyStream): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const done = (): void => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).subarray(0, maxBytes).toString("utf8"));
    };
    const timer = setTimeout(done, maxMs);
    response.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= maxBytes) done();
    });
    // More than one of them may come, and an error that nobody hears would end the process.
    for (const event of ["end", "close", "error"]) response.on(event, done);
  });
}
