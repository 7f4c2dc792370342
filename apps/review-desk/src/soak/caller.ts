import type { Receiver } from "./receiver.ts";

/** Of so many runs of a caller one is cancelled as soon as it is accepted. */
const cancelledShare = 0.1;
/** How many runs a caller has open at a time. */
const openAtOnce = 8;

export interface CallerOptions {
  readonly id: string;
  readonly token: string;
  /** How many runs it submits. */
  readonly runs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly receiver: Receiver;
  /** Where the desk is now; waits while there is none. */
  readonly desk: () => Promise<string>;
}

/** Submits its runs over HTTP, cancels some, and waits for the word of each. Gives the ids that it was promised. */
export async function callDesk(options: CallerOptions): Promise<readonly string[]> {
  const { id, runs, random, receiver } = options;
  const ids: string[] = [];
  const open = new Set<Promise<void>>();
  for (let index = 0; index < runs; index += 1) {
    const isCancelled = random() < cancelledShare;
    const key = `${id}-${index}`;
    const body = {
      agent: "review",
      input: { repo: "tiny", reviewers: ["secrets"] },
      destinations: ["team"],
      key,
    };
    const runId = ((await ask(options, "/v1/runs", body, 202)) as { readonly id: string }).id;
    ids.push(runId);
    // What has begun elsewhere, or ended, cannot be cancelled: that is an answer too.
    if (isCancelled) await ask(options, `/v1/runs/${runId}/cancel`, {}, 202, 409);
    const arrived = receiver.arrived(runId).then(() => void open.delete(arrived));
    open.add(arrived);
    if (open.size >= openAtOnce) await Promise.race(open);
  }
  await Promise.all(open);
  return ids;
}

/** Asks until there is an answer: a desk that was killed is asked again when the next one is there, with the same key. */
async function ask(
  { token, desk }: CallerOptions,
  path: string,
  body: object,
  ...expected: readonly number[]
): Promise<unknown> {
  for (;;) {
    const url = await desk();
    let response: Response;
    let text: string;
    try {
      const headers = { authorization: `Bearer ${token}` };
      response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
      text = await response.text();
    } catch {
      continue;
    }
    if (expected.includes(response.status)) return JSON.parse(text);
    // A desk that is being killed may still say that it cannot.
    if (response.status !== 503) throw new Error(`${path} was answered with ${response.status}: ${text}`);
  }
}
