import type { Redis } from "ioredis";

/** Finds connections that are dead without a word: a server that is gone, a router that has forgotten them. */
export class Pulse {
  readonly #limitMs: number;
  readonly #clients: Redis[] = [];
  readonly #timers = new Map<Redis, ReturnType<typeof setTimeout>>();

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  add(client: Redis): void {
    this.#clients.push(client);
  }

  /** Asks each for a sign, and opens again those that give none in time. What they had no answer to is sent again. */
  check(): void {
    for (const client of this.#clients)
      if (client.status === "ready" && !this.#timers.has(client)) void this.#check(client);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #check(client: Redis): Promise<void> {
    const timer = setTimeout(() => {
      this.#timers.delete(client);
      if (client.status === "ready") client.disconnect(true);
    }, this.#limitMs);
    // The connection keeps the process alive if anything does.
    timer.unref();
    this.#timers.set(client, timer);
    try {
      await client.ping();
    } catch {
      // An answer too.
    }
    clearTimeout(timer);
    if (this.#timers.get(client) === timer) this.#timers.delete(client);
  }
}
