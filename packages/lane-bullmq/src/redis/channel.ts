import type { Redis } from "ioredis";
import { fromThrownJson, type ThrownJson, toThrownJson } from "../wire/error-json.ts";
import { endText } from "../wire/job-end.ts";
import type { Link } from "./link.ts";
import { jobOfKey, keyOfJob } from "./keys.ts";

export interface ChannelListener {
  /** A running job is to stop, by a person. */
  readonly onAbort: (order: Order) => void;
  /** A job that was submitted here has ended; with a reason, its code may still run. */
  readonly onEnd: (jobId: string, early?: { readonly reason: unknown }) => void;
  /** What was said meanwhile has not been heard. */
  readonly onReconnect: () => void;
}

/** Tells a running job to stop. */
export interface Order {
  readonly jobId: string;
  /** Which submit of that id is meant: see `RunningJob`. */
  readonly submission: string;
  readonly reason: unknown;
}

interface Message {
  readonly id: string;
  readonly x?: ThrownJson;
  readonly s?: string;
}

export function readOrder(text: string): Order {
  const { id, s = "", x } = JSON.parse(text) as Message;
  return { jobId: jobOfKey(id), submission: s, reason: x && fromThrownJson(x) };
}

/** What processes tell each other at once. Whatever is lost here is found by those who look from time to time. */
export class Channel {
  readonly #link: Link;
  readonly #client: Redis;
  readonly #orders: string;
  readonly #ends: string;

  constructor(link: Link, process: string, listener: ChannelListener) {
    this.#link = link;
    this.#client = link.connect();
    this.#orders = `${link.base}lane:orders`;
    this.#ends = `${link.base}lane:ends:${process}`;
    // The driver would subscribe again by itself, and leave a rejection to nobody if it is closed meanwhile.
    Reflect.set(this.#client.options, "autoResubscribe", false);
    let wasReady = false;
    this.#client.on("ready", () => {
      if (wasReady) this.open().then(listener.onReconnect, () => {});
      wasReady = true;
    });
    this.#client.on("message", (channel: string, text: string) => {
      if (channel !== this.#ends) return listener.onAbort(readOrder(text));
      const { id, x } = JSON.parse(text) as Message;
      listener.onEnd(jobOfKey(id), x && { reason: fromThrownJson(x) });
    });
  }

  /** Resolves once it hears everything. */
  async open(): Promise<void> {
    await this.#client.subscribe(this.#orders, this.#ends);
  }

  /** Tells a job's submitter of its end; with a reason, of one that its code does not know of yet. */
  async tellEnd(process: string, jobId: string, early?: { readonly reason: unknown }): Promise<void> {
    const message: Message = { id: keyOfJob(jobId), ...(early && { x: toThrownJson(early.reason) }) };
    await this.#link.client.publish(`${this.#link.base}lane:ends:${process}`, JSON.stringify(message));
  }

  close(): void {
    this.#client.disconnect();
  }
}

/** What the script that stops jobs is given besides the id: the end if it is taken out, the order if it runs. */
export function stopTexts(jobId: string, taken: unknown, stopped: unknown, call: string): [string, string] {
  const order = { id: keyOfJob(jobId), x: toThrownJson(stopped) } satisfies Message;
  return [endText("cancelled", taken, call), JSON.stringify(order)];
}
