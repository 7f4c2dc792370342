import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a webhook got. */
export interface WebhookMessage {
  readonly id: string;
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly base64: string }[];
}

export interface WebhookReceiver {
  /** What the config file says of it. */
  readonly channel: object;
  /** Every request, also those that it refused. */
  readonly requests: readonly WebhookMessage[];
  /** What it took. */
  readonly messages: readonly WebhookMessage[];
  /** The status of the next answers, one each; 200 when they are used up. */
  answerWith(...statuses: number[]): void;
  /** Resolves when it has taken so many, each counted once however often it came. */
  received(count: number): Promise<void>;
}

/** A server that takes what a webhook posts. */
export async function webhookReceiver(): Promise<WebhookReceiver> {
  const requests: WebhookMessage[] = [];
  const messages: WebhookMessage[] = [];
  const statuses: number[] = [];
  const watchers = new Set<() => void>();
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { text, files } = (JSON.parse(body) as { data: Omit<WebhookMessage, "id"> }).data;
    const message = { id: String(request.headers["webhook-id"]), text, files };
    const status = statuses.shift() ?? 200;
    requests.push(message);
    if (status < 300) messages.push(message);
    response.writeHead(status).end();
    for (const watch of watchers) watch();
  }
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook`;
  return {
    channel: { kind: "webhook", url, allowHttp: true, allowPrivate: true },
    requests,
    messages,
    answerWith: (...next) => void statuses.push(...next),
    received: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (new Set(messages.map(({ id }) => id)).size < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}
