/** Makes a timer that does not keep the process alive. */
export function unref<T>(timer: T): T {
  (timer as { readonly unref?: () => void }).unref?.();
  return timer;
}
