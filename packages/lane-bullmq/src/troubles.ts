import type { Tell } from "./lane-events.ts";
import { withoutCommand } from "./redis/without-command.ts";

/** Problems with Redis that nobody waits for: one of a kind is told, until it is over. A lost connection fails many times. */
export class Troubles {
  readonly #tell: Tell;
  readonly #told = new Set<string>();
  #isOver = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  readonly report = (error: unknown): void => {
    if (this.#isOver) return;
    const kind =
      error instanceof Error ? ((error as { code?: string }).code ?? error.message) : String(error);
    if (this.#told.has(kind) || this.#told.size > 20) return;
    this.#told.add(kind);
    this.#tell({ type: "redis-failed", error: withoutCommand(error) });
  };

  readonly reconnected = (): void => this.#told.clear();

  /** What comes now comes from taking leave. */
  readonly end = (): void => void (this.#isOver = true);
}
