import { onTestFinished, vi } from "vitest";
import type { Caps, Deliverer, DelivererOptions, Destination, Part, Sent, Transport } from "../src/index.ts";
import { createDeliverer, SendError } from "../src/index.ts";

export const here: Destination = { channel: "chat", to: "room" };

/** What the far side does with one request: before it answers, and as the answer. */
export type Reaction = (part: Part, signal: AbortSignal) => Promise<Sent | void> | Sent | void;

export interface World {
  readonly deliverer: Deliverer;
  readonly transport: Transport;
  /** The texts that the far side has shown, in order. */
  readonly shown: string[];
  /** What happens at each request, one after the other; then all is well. */
  readonly reactions: Reaction[];
  /** Keys of the requests, in order. */
  readonly requests: string[];
  /** When each came, on the fake clock: what is before the first one takes real time. */
  readonly times: number[];
}

/** A deliverer to a far side in memory, on fake time, with jitter that is always full. */
export function createWorld(caps: Caps = {}, options: DelivererOptions = {}): World {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const [shown, reactions, requests]: [string[], Reaction[], string[]] = [[], [], []];
  const times: number[] = [];
  const keys = new Set<string>();
  const show: Reaction = ({ key, text }) => {
    if (!(caps.dedupe === "key" && keys.has(key))) shown.push(text);
    keys.add(key);
    return { remoteId: key };
  };
  const transport: Transport = {
    name: "chat",
    caps,
    async send(_, part, { signal }) {
      requests.push(part.key);
      times.push(performance.now());
      const react = reactions.shift() ?? show;
      if (react === applied) {
        await show(part, signal);
        throw new SendError("Cannot post: the connection ended", { applied: "maybe" });
      }
      return await react(part, signal);
    },
  };
  const deliverer = createDeliverer(transport, { random: () => 1, ...options });
  return { deliverer, transport, shown, reactions, requests, times };
}

/** Shows the part, and then the connection dies. */
export const applied: Reaction = () => {};

export function fails(options: ConstructorParameters<typeof SendError>[1]): Reaction {
  return () => Promise.reject(new SendError("Cannot post", options));
}
