import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { certificate, privateKey } from "./fixtures/test-certificate.ts";

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer<ArrayBuffer>;
}

export type Respond = (response: ServerResponse, received: Received, request: IncomingMessage) => void;

export interface LocalServer {
  readonly port: number;
  readonly url: string;
  readonly received: Received[];
  /** How the next requests are answered, one after the other; then with 200. */
  readonly responses: Respond[];
}

/** A server on this machine that records what it gets. It is closed when the test ends. */
export async function startServer(kind: "http" | "https" = "http"): Promise<LocalServer> {
  const received: Received[] = [];
  const responses: Respond[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
    received.push(one);
    const respond = responses.shift() ?? ((answer: ServerResponse) => void answer.end("ok"));
    respond(response, one, request);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(() => request.destroy());
  };
  const server =
    kind === "http"
      ? createHttpServer(listener)
      : createHttpsServer({ cert: certificate, key: privateKey }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `${kind}://127.0.0.1:${port}/`, received, responses };
}

/** Answers with a status, headers and a body. */
export function answer(status: number, headers: Record<string, string> = {}, body = ""): Respond {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** What lets a transport connect to this machine. */
export const local = { allowHttp: true, allowAddress: (address: string): boolean => address === "127.0.0.1" };
