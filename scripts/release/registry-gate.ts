import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** `refuse`: answered with 503 and not handed on. `lose-answer`: handed on, and the connection cut in place of the answer. */
export type Outcome = "pass" | "refuse" | "lose-answer";

/** A loopback address in front of a registry that counts what is published and can be made to fail. */
export interface RegistryGate {
  readonly url: string;
  /** The names of the packages that somebody tried to publish since the last `behave`, in order. */
  readonly attempts: readonly string[];
  /** Starts to count anew. `decide` says what becomes of the publish with this 0-based index. */
  readonly behave: (decide: (index: number) => Outcome) => void;
  readonly close: () => void;
}

export async function openRegistryGate(registryPort: number): Promise<RegistryGate> {
  const attempts: string[] = [];
  let decide: (index: number) => Outcome = () => "pass";
  const server = createServer((incoming, answer) => {
    const name = publishedName(incoming);
    const outcome = name === undefined ? "pass" : decide(attempts.push(name) - 1);
    if (outcome === "refuse") {
      incoming.resume();
      answer.writeHead(503, { "content-type": "application/json" }).end('{ "error": "out of order" }');
    } else {
      handOn(registryPort, incoming, answer, outcome);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    attempts,
    behave(next) {
      attempts.length = 0;
      decide = next;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The name of the package if the request publishes one: `PUT /@executus%2flane`. */
function publishedName({ method, url = "" }: IncomingMessage): string | undefined {
  return method === "PUT" && !url.startsWith("/-/") ? decodeURIComponent(url.slice(1)) : undefined;
}

function handOn(port: number, incoming: IncomingMessage, answer: ServerResponse, outcome: Outcome): void {
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
    if (outcome === "lose-answer") {
      response.resume().on("end", () => answer.destroy());
    } else {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    }
  });
  outgoing.on("error", () => answer.destroy());
  incoming.pipe(outgoing);
}
