/** Those who follow one signal, and its one listener. */
interface Followers {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const followed = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back once if the signal aborts before the returned function is called. However many follow a signal, it has one
 * listener: taking one of many out takes a signal as long as it has listeners.
 */
export function followSignal(signal: AbortSignal, onAbort: () => void): () => void {
  const followers = followed.get(signal) ?? listen(signal);
  followers.callbacks.add(onAbort);
  return () => {
    followers.callbacks.delete(onAbort);
    if (followers.callbacks.size > 0 || followed.get(signal) !== followers) return;
    followed.delete(signal);
    signal.removeEventListener("abort", followers.listener);
  };
}

function listen(signal: AbortSignal): Followers {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    followed.delete(signal);
    for (const callback of callbacks) callback();
  };
  signal.addEventListener("abort", listener, { once: true });
  const followers = { callbacks, listener };
  followed.set(signal, followers);
  return followers;
}
