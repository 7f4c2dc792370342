import type { IncomingMessage, RequestOptions } from "node:http";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { TcpNetConnectOpts } from "node:net";
import { failureReason } from "../failure-reason.ts";
import { SendError } from "../send/send-error.ts";
import { untilAborted } from "../until-aborted.ts";
import { pinAddresses } from "./pinned-address.ts";
import { readBody } from "./read-body.ts";
import type { HostAddress, HttpAccess } from "./safe-url.ts";
import { readUrl } from "./safe-url.ts";

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The beginning, at most 64 KiB. */
  readonly text: string;
}

/** How long an address may take before the next one is tried. Node's quarter of a second is less than a far one takes. */
const attemptMs = 5_000;

/**
 * Posts once: to an address that was checked, without following redirects. Resolves with any answer.
 *
 * @throws {SendError} with `applied: "no"` if no connection came about, else `"maybe"`.
 */
export async function post(
  { url: text, headers, body, signal }: Post,
  access: HttpAccess,
): Promise<HttpAnswer> {
  const url = readUrl(text, access);
  const addresses = await findAddresses(url, access, signal);
  const options: RequestOptions & Pick<TcpNetConnectOpts, "autoSelectFamilyAttemptTimeout"> = {
    method: "POST",
    headers: { ...headers, "content-length": String(body.byteLength) },
    // A connection of another request may lead to an address that was checked for that one.
    agent: false,
    autoSelectFamilyAttemptTimeout: attemptMs,
    // The connection asks for the name here, and nowhere else.
    lookup: (_, { all }, found) => {
      const [first] = addresses;
      const pinned = all === true ? addresses : first?.address;
      (found as (error: null, address: unknown, family: unknown) => void)(null, pinned, first?.family);
    },
  };
  return await exchange(url, options, body, signal);
}

async function findAddresses(
  url: URL,
  access: HttpAccess,
  signal: AbortSignal,
): Promise<readonly HostAddress[]> {
  try {
    signal.throwIfAborted();
    return await untilAborted(pinAddresses(url, access), signal);
  } catch (error) {
    throw signal.aborted ? stopped(false, signal.reason) : error;
  }
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let connected = false;
    let answered = false;
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, options);
    const abort = (): void => void request.destroy();
    const end = (): void => signal.removeEventListener("abort", abort);
    const fail = (error: unknown): void => {
      end();
      reject(signal.aborted ? stopped(connected, signal.reason) : broken(connected, error));
    };
    request.once("socket", (socket) => {
      // Until the handshake is over, nothing of the request has left.
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => (connected = true));
    });
    // Later ones come when the request is destroyed; unheard, they would end the process.
    request.on("error", (error) => answered || fail(error));
    // Without an answer and without an error: the other side wants to speak something else.
    request.once("close", () => answered || fail({ name: "NoAnswer" }));
    request.once("response", (response: IncomingMessage) => {
      // The status has been said, whatever becomes of the connection.
      answered = true;
      void readBody(response).then((text) => {
        end();
        request.destroy();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    signal.addEventListener("abort", abort, { once: true });
    request.end(body);
  });
}

function stopped(connected: boolean, cause: unknown): SendError {
  const applied = connected ? "maybe" : "no";
  return new SendError("Cannot post: stopped before there was an answer", { applied, cause });
}

function broken(connected: boolean, cause: unknown): SendError {
  const applied = connected ? "maybe" : "no";
  return new SendError(`Cannot post: ${failureReason(cause)}`, { applied, cause });
}
