import {
  type DeliveriesAnswer,
  deliveriesAnswer,
  type FileAnswer,
  filesAnswer,
  type LanesAnswer,
  lanesAnswer,
  type RunAnswer,
  runAnswer,
  type RunEventAnswer,
  runEvent,
  type RunsAnswer,
  runsAnswer,
  type SubmittedAnswer,
  submitted,
} from "./answers.ts";
import { ClientError } from "./client-error.ts";
import { readEvents } from "./event-stream.ts";
import { ask, type Connection, open } from "./request.ts";
import { z } from "zod";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What is asked of the agent `review`. */
export interface ReviewRequest {
  readonly repo: string;
  readonly base?: string | undefined;
  readonly models?: readonly string[] | undefined;
  readonly reviewers?: readonly string[] | undefined;
  /** Whether the patch of mechanical fixes is applied, if the caller may. */
  readonly apply?: boolean | undefined;
}

export interface SubmitOptions extends CallOptions {
  /** Where the reply goes, besides to this desk. */
  readonly destinations?: readonly string[] | undefined;
  /** The same key is the same run: a submit that was not answered can be repeated. */
  readonly key?: string | undefined;
  readonly priority?: number | undefined;
}

export interface ListOptions extends CallOptions {
  readonly state?: string | undefined;
  /** The `next` of the page before. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/** An event of a run with its number, behind which a stream can be taken up again. */
export interface NumberedEvent {
  readonly number: number;
  readonly event: RunEventAnswer;
}

/** The HTTP API of a desk. Every call rejects with a `ClientError`, or with the reason of its `signal`. */
export interface DeskClient {
  submitReview(request: ReviewRequest, options?: SubmitOptions): Promise<SubmittedAnswer>;
  runs(options?: ListOptions): Promise<RunsAnswer>;
  run(id: string, options?: CallOptions): Promise<RunAnswer>;
  /** What happens to a run, from behind a number on, until it has ended or the connection breaks. */
  events(
    id: string,
    options?: CallOptions & { readonly after?: number | undefined },
  ): AsyncGenerator<NumberedEvent, undefined>;
  files(id: string, options?: CallOptions): Promise<readonly FileAnswer[]>;
  /** The bytes of one file, to be read to the end or cancelled. */
  file(id: string, name: string, options?: CallOptions): Promise<ReadableStream<Uint8Array>>;
  cancel(id: string, options?: CallOptions & { readonly reason?: string | undefined }): Promise<void>;
  deliveries(options?: ListOptions & { readonly run?: string | undefined }): Promise<DeliveriesAnswer>;
  retryDelivery(key: string, options?: CallOptions): Promise<void>;
  lanes(options?: CallOptions): Promise<LanesAnswer>;
  setCap(lane: string, maxConcurrent: number, options?: CallOptions): Promise<void>;
}

export function createDeskClient(connection: Connection): DeskClient {
  const runPath = (id: string, rest = ""): string => `/v1/runs/${encodeURIComponent(id)}${rest}`;
  return {
    submitReview: (input, { destinations, key, priority, signal } = {}) =>
      ask(connection, "/v1/runs", submitted, {
        method: "POST",
        body: { agent: "review", input, destinations, key, priority },
        signal,
      }),
    runs: ({ signal, ...query } = {}) => ask(connection, `/v1/runs${queryOf(query)}`, runsAnswer, { signal }),
    run: (id, { signal } = {}) => ask(connection, runPath(id), runAnswer, { signal }),
    events: (id, options) => followEvents(connection, runPath(id, "/events"), options),
    files: async (id, { signal } = {}) =>
      (await ask(connection, runPath(id, "/files"), filesAnswer, { signal })).files,
    async file(id, name, { signal } = {}) {
      const { body } = await open(connection, runPath(id, `/files/${encodeURIComponent(name)}`), { signal });
      return body ?? ReadableStream.from([]);
    },
    async cancel(id, { reason, signal } = {}) {
      await ask(connection, runPath(id, "/cancel"), z.unknown(), {
        method: "POST",
        body: { reason },
        signal,
      });
    },
    deliveries: ({ signal, ...query } = {}) =>
      ask(connection, `/v1/deliveries${queryOf(query)}`, deliveriesAnswer, { signal }),
    async retryDelivery(key, { signal } = {}) {
      const path = `/v1/deliveries/${encodeURIComponent(key)}/retry`;
      await ask(connection, path, z.unknown(), { method: "POST", signal });
    },
    lanes: ({ signal } = {}) => ask(connection, "/v1/lanes", lanesAnswer, { signal }),
    async setCap(lane, maxConcurrent, { signal } = {}) {
      const path = `/v1/lanes/${encodeURIComponent(lane)}`;
      await ask(connection, path, z.unknown(), { method: "PUT", body: { maxConcurrent }, signal });
    },
  };
}

async function* followEvents(
  connection: Connection,
  path: string,
  { after = 0, signal }: CallOptions & { readonly after?: number | undefined } = {},
): AsyncGenerator<NumberedEvent, undefined> {
  const headers = { accept: "text/event-stream", ...(after > 0 && { "last-event-id": String(after) }) };
  const response = await open(connection, path, { headers, signal });
  if (response.status === 204 || response.body === null) return undefined;
  try {
    for await (const { id, data } of readEvents(response.body)) {
      const read = runEvent.safeParse(parseJson(data));
      if (read.success) yield { number: Number(id) || after, event: read.data };
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ClientError("CLIENT_UNREACHABLE", "The stream of events broke off", { cause });
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? "" : `?${given.toString()}`;
}
