import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Arrived {
  readonly text: string;
  readonly files: readonly (readonly [name: string, content: string])[];
}

/** Where replies arrive: what comes again under its key is dropped. */
export interface Receiver {
  readonly url: string;
  readonly arrived: ReadonlyMap<string, Arrived>;
  /** Keys that came with something else than before. */
  readonly changed: ReadonlySet<string>;
  readonly close: () => void;
}

export async function openReceiver(): Promise<Receiver> {
  const arrived = new Map<string, Arrived>();
  const changed = new Set<string>();
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
      const { key, ...message } = JSON.parse(body) as Arrived & { readonly key: string };
      const known = arrived.get(key);
      if (known && JSON.stringify(known) !== JSON.stringify(message)) changed.add(key);
      if (!known) arrived.set(key, message);
      response.end();
    } catch {
      // Whoever sent it died in the middle.
      response.destroy();
    }
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, arrived, changed, close };
}
