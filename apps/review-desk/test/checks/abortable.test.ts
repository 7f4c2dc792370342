import { expect, test } from "vitest";
import { abortable } from "../../src/checks/abortable.ts";

test("abortable() gives the result of the work", async () => {
  await expect(abortable(Promise.resolve(7), new AbortController().signal)).resolves.toBe(7);
});

test("abortable() passes a failure of the work through unwrapped", async () => {
  const failure = new Error("broken");
  await expect(abortable(Promise.reject(failure), undefined)).rejects.toBe(failure);
});

test("abortable() rejects with signal.reason when the signal aborts first", async () => {
  const control = new AbortController();
  const reason = new Error("enough");
  const waiting = abortable(new Promise(() => {}), control.signal);
  control.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test("abortable() rejects with signal.reason when the signal was aborted before", async () => {
  const reason = new Error("too late");
  await expect(abortable(new Promise(() => {}), AbortSignal.abort(reason))).rejects.toBe(reason);
});
