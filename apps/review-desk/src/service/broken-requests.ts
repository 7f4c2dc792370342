import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";
import { errorAnswer } from "./error-answer.ts";

const messages = {
  400: "This is no HTTP request that the desk can read",
  408: "The request did not come in time",
  417: "The desk meets no expectation but 100-continue",
  431: "The headers are too long",
} as const;
type BrokenStatus = keyof typeof messages;

const statusOfParser: Readonly<Record<string, BrokenStatus>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what never gets as far as the app in the desk's own form, where Node would give a status alone. */
export function answerBrokenRequests(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.prependListener("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
    answers.set(socket, answer);
  });
  server.on("checkExpectation", (_request: IncomingMessage, answer: ServerResponse) => {
    const body = bodyOf(417);
    answer.writeHead(417, { "content-type": "application/json", "content-length": body.length }).end(body);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket);
    // In the middle of an answer, another one would be taken for a part of it.
    const isBegun = answer?.headersSent === true && !answer.writableFinished;
    if (!socket.writable || isBegun) socket.destroy();
    else socket.end(rawAnswer(statusOfParser[error.code ?? ""] ?? 400), () => socket.destroy());
  });
}

/** The answer to what fails outside the app: a request whose host or path is none. */
export function brokenRequestAnswer(error: unknown): Response {
  if (error instanceof RequestError) return jsonAnswer(400, bodyOf(400));
  const { status, code, message } = errorAnswer(error);
  return jsonAnswer(status, JSON.stringify({ error: { code, message } }));
}

function jsonAnswer(status: number, body: string): Response {
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
  return new Response(body, { status, headers });
}

function rawAnswer(status: BrokenStatus): string {
  const body = bodyOf(status);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, "Content-Type: application/json"];
  return [...head, `Content-Length: ${body.length}`, "Connection: close", "", body].join("\r\n");
}

function bodyOf(status: BrokenStatus): string {
  return JSON.stringify({ error: { code: "DESK_HTTP", message: messages[status] } });
}
