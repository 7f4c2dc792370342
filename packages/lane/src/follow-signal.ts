type Callback = () => void;

/** Who follows a signal: nearly always one, and then without a set. */
const followed = new WeakMap<AbortSignal, Callback | Set<Callback>>();

/**
 * Calls back once if the signal aborts before `unfollowSignal` is called. However many follow a signal, it has one listener:
 * taking one of many out takes a signal as long as it has listeners.
 */
export function followSignal(signal: AbortSignal, onAbort: Callback): void {
  const others = followed.get(signal);
  if (others === undefined) {
    signal.addEventListener("abort", tellAll, { once: true });
    followed.set(signal, onAbort);
  } else if (typeof others === "function") {
    followed.set(signal, new Set([others, onAbort]));
  } else {
    others.add(onAbort);
  }
}

export function unfollowSignal(signal: AbortSignal, onAbort: Callback): void {
  const others = followed.get(signal);
  if (others === onAbort || (typeof others === "object" && others.delete(onAbort) && others.size === 0)) {
    followed.delete(signal);
    signal.removeEventListener("abort", tellAll);
  }
}

function tellAll(this: AbortSignal): void {
  const callbacks = followed.get(this);
  followed.delete(this);
  if (typeof callbacks === "function") callbacks();
  else if (callbacks) for (const callback of callbacks) callback();
}
