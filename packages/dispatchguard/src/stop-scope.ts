import { longestDelayMs } from "./limits.ts";

/** `ended`: the root's function is done. Only the other two reject whom they find waiting. */
export type StopCause = "ended" | "aborted" | "deadline";

/** Somebody who is told when a scope stops: a scope further in, or a caller that waits. */
export interface StopListener {
  stop(cause: StopCause, reason: () => unknown): void;
}

/**
 * When code is to stop: with the scope further out, on a signal or at a deadline. Frames that have none of their own share
 * their parent's. No method touches private fields of another scope: that one may come from another copy of this package.
 */
export class StopScope implements StopListener {
  /** False where nothing but the end of the tree can come, and so no caller need be told. */
  readonly canReject: boolean;
  readonly #outer: StopScope | undefined;
  #cause: StopCause | undefined;
  #reason: (() => unknown) | undefined;
  #controller: AbortController | undefined;
  #listeners: Set<StopListener> | undefined;
  #signal: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outer: StopScope | undefined, canReject: boolean) {
    this.#outer = outer;
    this.canReject = canReject;
    outer?.add(this);
  }

  get cause(): StopCause | undefined {
    return this.#cause;
  }

  /** Made when somebody asks: most code never does. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#cause) this.#controller.abort(this.#reason?.());
    }
    return this.#controller.signal;
  }

  /** Adds somebody to be told, at once if it has stopped. */
  add(listener: StopListener): void {
    (this.#listeners ??= new Set()).add(listener);
    if (this.#cause) listener.stop(this.#cause, this.#reason as () => unknown);
  }

  remove(listener: StopListener): void {
    this.#listeners?.delete(listener);
  }

  follow(signal: AbortSignal): void {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** A delay that no timer keeps is left to those who look at the clock. */
  stopIn(delayMs: number, reason: () => unknown): void {
    if (delayMs > longestDelayMs) return;
    this.#timer = setTimeout(() => this.stop("deadline", reason), delayMs);
  }

  /** The first cause stands; an abort or a deadline still reaches who waits in a tree that has ended. */
  stop(cause: StopCause, reason: () => unknown): void {
    if (this.#cause !== undefined && (this.#cause !== "ended" || cause === "ended")) return;
    const once = memo(reason);
    this.#cause = cause;
    this.#reason = once;
    this.#controller?.abort(once());
    for (const listener of this.#listeners ?? []) listener.stop(cause, once);
  }

  /** Lets go of everything that could still call it. */
  close(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#outer?.remove(this);
  }

  readonly #onAbort = (): void => this.stop("aborted", () => this.#signal?.reason);
}

/** Settles as the work does, or rejects as soon as the scope is aborted or past its deadline. The work goes on. */
export function settleOrStop<T>(work: Promise<T>, scope: StopScope): Promise<T> {
  if (!scope.canReject) return work;
  return new Promise((resolve, reject) => {
    const waiter: StopListener = {
      stop: (cause, reason) => {
        if (cause !== "ended") reject(reason());
      },
    };
    scope.add(waiter);
    work.then(
      (value) => {
        scope.remove(waiter);
        resolve(value);
      },
      (error: unknown) => {
        scope.remove(waiter);
        reject(error);
      },
    );
  });
}

function memo(make: () => unknown): () => unknown {
  let made: { readonly value: unknown } | undefined;
  return () => (made ??= { value: make() }).value;
}
