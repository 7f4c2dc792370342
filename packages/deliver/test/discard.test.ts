import { expect, test } from "vitest";
import type { Destination, OutMessage } from "../src/index.ts";
import { discard, outFile } from "../src/index.ts";

const nowhere: Destination = { channel: "none", to: "" };

test("discard says discarded, never delivered, and opens no file", async () => {
  const file = { ...outFile("a", "b"), stream: () => expect.unreachable() };
  const receipt = await discard.deliver(nowhere, { key: "k", text: "hello", files: [file] });
  expect(receipt).toEqual({ status: "discarded", parts: [], notes: [] });
});

test("discard rejects with the reason of an aborted signal before it looks at the arguments", async () => {
  const reason = new Error("shutting down");
  const signal = AbortSignal.abort(reason);
  await expect(discard.deliver(nowhere, {} as OutMessage, { signal })).rejects.toBe(reason);
});

test("discard rejects with DELIVER_EMPTY for neither text nor files", async () => {
  for (const files of [undefined, []]) {
    await expect(discard.deliver(nowhere, { key: "k", text: "", files })).rejects.toMatchObject({
      code: "DELIVER_EMPTY",
      retryable: false,
      message: "Cannot deliver: the message has neither text nor files",
    });
  }
});
