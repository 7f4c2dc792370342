import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { UsageError } from "../usage-error.ts";
import { answerBrokenRequests, brokenRequestAnswer } from "./broken-requests.ts";
import type { ServiceEnv } from "./env.ts";

/** Who sends no request, or half of one, is let go. That a host is named is for whoever answers to say. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: false,
};

/** A server that takes requests. */
export interface Listening {
  /** `http://127.0.0.1:4280` */
  readonly url: string;
  /** Takes no more connections; resolves when the last has gone, or is cut off by `cut`. */
  close(): Promise<void>;
  cut(): void;
}

/** @throws {UsageError} if nobody can listen there. */
export async function listen(app: Hono<ServiceEnv>, host: string, port: number): Promise<Listening> {
  const answer = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: brokenRequestAnswer,
  });
  const server = createServer(limits, (request, response) => {
    // A check of an old balancer names no host, and need not.
    if (request.httpVersion === "1.0") request.headers.host ??= "localhost";
    void answer(request, response);
  });
  answerBrokenRequests(server);
  const started = Promise.withResolvers<void>();
  server.once("error", started.reject);
  server.listen(port, host, started.resolve);
  try {
    await started.promise;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`Cannot listen on ${host}:${port}: ${code ?? "it failed"}`, { cause: error });
  }
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    cut: () => server.closeAllConnections(),
  };
}
