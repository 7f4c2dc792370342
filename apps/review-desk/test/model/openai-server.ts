/// <reference lib="esnext.disposable" />
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One turn of the model: tool calls, or text. */
export type Turn =
  | { readonly calls: readonly { readonly name: string; readonly input: object }[] }
  | { readonly text: string };

/** What a client asked, as the protocol has it. */
export interface ChatRequest {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

export interface OpenAiServer extends AsyncDisposable {
  /** What `EXECUTUS_BASE_URL` is set to. */
  readonly url: string;
  readonly requests: readonly { readonly body: ChatRequest; readonly authorization: string | undefined }[];
}

/** What the model says, now or later, or the status of a failure. */
export type Answer = (request: ChatRequest) => Turn | number | Promise<Turn | number>;

/** A server that speaks the chat-completions protocol, streaming and not; `answer` plays the model, or gives a status. */
export async function openAiServer(answer: Answer): Promise<OpenAiServer> {
  const requests: { body: ChatRequest; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    void respond(request, response, answer, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  requests: { body: ChatRequest; authorization: string | undefined }[],
): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    response.writeHead(404).end();
    return;
  }
  const body = JSON.parse(text) as ChatRequest;
  requests.push({ body, authorization: request.headers.authorization });
  const turn = await answer(body);
  if (typeof turn === "number") {
    response.writeHead(turn, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `status ${turn}`, type: "test" } }));
    return;
  }
  if (body.stream) stream(response, body.model, turn);
  else
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(whole(body.model, turn)));
}

function toolCalls(turn: Turn): object[] | undefined {
  if (!("calls" in turn)) return undefined;
  return turn.calls.map(({ name, input }, index) => ({
    index,
    id: `call-${index}`,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
}

function whole(model: string, turn: Turn): object {
  const message = {
    role: "assistant",
    content: "text" in turn ? turn.text : null,
    tool_calls: toolCalls(turn),
  };
  const finish_reason = "calls" in turn ? "tool_calls" : "stop";
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  return {
    id: "c",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason }],
    usage,
  };
}

/** Cuts arguments into two pieces, as real servers do. */
function stream(response: ServerResponse, model: string, turn: Turn): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object, finish_reason: string | null = null): void => {
    const chunk = {
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model,
      choices: [{ index: 0, delta, finish_reason }],
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  send({ role: "assistant", content: "" });
  if ("text" in turn) {
    for (const word of turn.text.split(/(?<= )/)) send({ content: word });
  } else {
    for (const [index, { name, input }] of turn.calls.entries()) {
      const text = JSON.stringify(input);
      const middle = Math.floor(text.length / 2);
      send({
        tool_calls: [
          {
            index,
            id: `call-${index}`,
            type: "function",
            function: { name, arguments: text.slice(0, middle) },
          },
        ],
      });
      send({ tool_calls: [{ index, function: { arguments: text.slice(middle) } }] });
    }
  }
  send({}, "calls" in turn ? "tool_calls" : "stop");
  response.end("data: [DONE]\n\n");
}
