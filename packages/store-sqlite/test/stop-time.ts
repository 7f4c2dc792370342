import { onTestFinished, vi } from "vitest";

/** However slow the machine is, a transaction has all the time that it needs, until the test moves the time on. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
}
