/** An answer of the desk. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` if it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** An event of a run's stream. */
export interface StreamedEvent {
  readonly id: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

/** The HTTP API as somebody with a token uses it: plain requests, nothing of the app. */
export interface DeskClient {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Submits to `review` and gives the answer, which must be 202. */
  submit(input: object, more?: object): Promise<Answer>;
  /** The events of a run until the stream ends, or the reader leaves. */
  events(runId: string, after?: number): AsyncGenerator<StreamedEvent, undefined>;
  /** Waits for the end of a run, and gives it. */
  ended(runId: string): Promise<Answer["body"]>;
}

export function deskClient(url: string, token: string | undefined): DeskClient {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client: DeskClient = {
    async call(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...authorization, ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: readJson(text) };
    },
    get: (path) => client.call("GET", path),
    async submit(input, more = {}) {
      const answer = await client.call("POST", "/v1/runs", { agent: "review", input, ...more });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${answer.text}`);
      return answer;
    },
    async *events(runId, after = 0) {
      const headers = { ...authorization, ...(after > 0 && { "last-event-id": String(after) }) };
      const response = await fetch(`${url}/v1/runs/${runId}/events`, { headers });
      if (response.status === 204) return undefined;
      if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
      let text = "";
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const blocks = (text + chunk).split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const field = (name: string): string | undefined =>
            block
              .split("\n")
              .find((line) => line.startsWith(`${name}: `))
              ?.slice(name.length + 2);
          const id = field("id");
          if (id !== undefined) yield { id: Number(id), data: JSON.parse(field("data") ?? "null") };
        }
      }
      return undefined;
    },
    async ended(runId) {
      for await (const { data } of client.events(runId)) if (data.type === "run-ended") break;
      return (await client.get(`/v1/runs/${runId}`)).body;
    },
  };
  return client;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
