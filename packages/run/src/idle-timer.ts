/** Above this, `setTimeout` fires at once. */
const LONGEST_MS = 2_147_483_647;

/** Runs `work` once after `delayMs` without keeping the process alive. Returns what stops it. */
export function startIdleTimer(work: () => void, delayMs: number): () => void {
  const timer = setTimeout(work, Math.min(delayMs, LONGEST_MS));
  // A number in browsers and workers, where nothing has to be released.
  (timer as unknown as { readonly unref?: () => void }).unref?.();
  return () => clearTimeout(timer);
}
