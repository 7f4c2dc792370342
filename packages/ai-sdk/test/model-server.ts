/// <reference lib="esnext.disposable" />
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ModelRequest {
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly response_format?: unknown;
}

/** Text that is answered, or a refusal. */
export type Reply = string | { readonly status: number; readonly headers?: Record<string, string> };

export interface ModelServer extends AsyncDisposable {
  /** The base URL that a client is given. */
  readonly url: string;
}

const usage = { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 };

/** A server that speaks as much of the chat-completions protocol as these tests need. */
export async function modelServer(
  reply: (request: ModelRequest) => Reply | Promise<Reply>,
): Promise<ModelServer> {
  const server = createServer((request, response) => void respond(request, response, reply));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  reply: (request: ModelRequest) => Reply | Promise<Reply>,
): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const asked = JSON.parse(body) as ModelRequest;
  const answer = await reply(asked);
  if (typeof answer !== "string") {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end('{"error":{"message":"refused"}}');
  } else if (asked.stream) stream(response, answer);
  else {
    const choice = {
      index: 0,
      message: { role: "assistant", content: answer },
      finish_reason: "stop",
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: "1", created: 1, model: "m", choices: [choice], usage }));
  }
}

function stream(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choices: object[], more: object = {}): void => {
    response.write(`data: ${JSON.stringify({ id: "1", created: 1, model: "m", choices, ...more })}\n\n`);
  };
  for (const content of text.split(/(?<= )/)) send([{ index: 0, delta: { content } }]);
  send([{ index: 0, delta: {}, finish_reason: "stop" }]);
  send([], { usage });
  response.end("data: [DONE]\n\n");
}
