import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The reason of the signal that a person's Ctrl-C aborts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort, and lets the second one end the process at once.
 * Dispose it when there is nothing left to stop.
 */
export function catchInterrupts(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
    controller.abort(new Interrupted(`stopped by ${name}`));
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
