import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The webhook at which every reply arrives. */
export interface Receiver extends Disposable {
  readonly url: string;
  /** How often each run's message came, by the run's id. A second time is a repeat that the key tells. */
  readonly arrivals: ReadonlyMap<string, number>;
  /** Texts that came under one key and were not the same: two ends of one run. */
  readonly contradictions: readonly string[];
  /** Resolves when the run's message has come. */
  arrived(runId: string): Promise<void>;
  /** Calls back at each first arrival, with the number so far. */
  onArrival: (count: number) => void;
}

interface Posted {
  readonly data: { readonly key: string; readonly text: string };
}

export async function openReceiver(): Promise<Receiver> {
  const arrivals = new Map<string, number>();
  const texts = new Map<string, string>();
  const contradictions: string[] = [];
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const receiver = { onArrival: (_count: number): void => {} };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { key, text } = (JSON.parse(body) as Posted).data;
    const runId = key.split("/", 1)[0] as string;
    const times = (arrivals.get(runId) ?? 0) + 1;
    arrivals.set(runId, times);
    if (times > 1 && texts.get(runId) !== text) contradictions.push(runId);
    texts.set(runId, text);
    response.writeHead(204).end();
    waiting.get(runId)?.resolve();
    if (times === 1) receiver.onArrival(arrivals.size);
  }

  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/`,
    arrivals,
    contradictions,
    async arrived(runId: string): Promise<void> {
      if (arrivals.has(runId)) return;
      const wait = waiting.get(runId) ?? Promise.withResolvers<void>();
      waiting.set(runId, wait);
      await wait.promise;
      waiting.delete(runId);
    },
    [Symbol.dispose](): void {
      server.closeAllConnections();
      server.close();
    },
  });
}
