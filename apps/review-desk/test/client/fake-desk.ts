import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly call: string;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

export type Answer =
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  /** Events, each with its number; `cut` breaks the connection off after them. */
  | { readonly events: readonly (readonly [number: number, event: object])[]; readonly cut?: true };

export interface FakeDesk {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly stop: () => Promise<void>;
}

export const token = "token-of-bo";

/**
 * A server that answers as the desk does. By call (`GET /v1/runs/1`), answers in order, the last one again and again; whatever it
 * has no answer to is 404 with the desk's code.
 */
export async function fakeDesk(
  answers: Readonly<Record<string, readonly Answer[]>>,
  port = 0,
): Promise<FakeDesk> {
  const asked: Asked[] = [];
  const left = new Map(Object.entries(answers).map(([call, list]) => [call, [...list]]));
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = `${request.method} ${request.url}`;
      asked.push({ call, body: body === "" ? undefined : JSON.parse(body), headers: request.headers });
      const list = left.get(call) ?? [];
      const answer = list.length > 1 ? list.shift() : list[0];
      if (request.headers.authorization !== `Bearer ${token}`)
        refuse(response, 401, "DESK_TOKEN", "A member's token is needed");
      else if (answer === undefined) refuse(response, 404, "DESK_NOT_FOUND", "There is no such run");
      else give(response, answer);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = (): Promise<void> => close(server);
  onTestFinished(stop);
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}`, asked, stop };
}

function give(response: ServerResponse, answer: Answer): void {
  if ("events" in answer) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": hello\n\n");
    for (const [number, event] of answer.events) {
      response.write(
        `id: ${number}\nevent: ${(event as { type?: string }).type ?? "x"}\ndata: ${JSON.stringify(event)}\n\n`,
      );
    }
    if (!answer.cut) response.end();
    else setImmediate(() => response.destroy());
    return;
  }
  response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
  response.end(answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json)));
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  give(response, { status, json: { error: { code, message } } });
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  if (!server.listening) return;
  server.close();
  await once(server, "close");
}
