import { expect, test } from "vitest";
import type { Destination, OutMessage } from "../src/index.ts";
import { createDeliverer, discard, outFile, stdout } from "../src/index.ts";

const here: Destination = { channel: "here", to: "" };
const message: OutMessage = { key: "k", text: "the text" };
const deliverers = [
  discard,
  stdout({ stream: { write: () => expect.unreachable() } }),
  createDeliverer({ name: "here", send: () => expect.unreachable() }),
];

function rejections(destination: unknown, bad: unknown): Promise<unknown[]> {
  return Promise.all(
    deliverers.map((deliverer) =>
      deliverer.deliver(destination as Destination, bad as OutMessage).catch((error: unknown) => error),
    ),
  );
}

const badFile = (change: object): object => ({ ...message, files: [{ ...outFile("a", "b"), ...change }] });

test.each([
  [here, null, "'message' must be an object: received null"],
  [here, { ...message, key: 5 }, "'message.key' must be a non-empty string: received 5"],
  [here, { ...message, key: "" }, "'message.key' must be a non-empty string: received \"\""],
  [here, { ...message, text: 7 }, "'message.text' must be a string: received \"number\""],
  [here, { ...message, format: "html" }, '\'message.format\' must be "plain" or "markdown": received "html"'],
  [here, { ...message, files: {} }, "'message.files' must be an array: received object"],
  [here, { ...message, files: [null] }, "'message.files[0]' must be an object: received null"],
  [here, badFile({ name: "" }), "'message.files[0].name' must be a non-empty string: received \"\""],
  [here, badFile({ mediaType: null }), "'message.files[0].mediaType' must be a string: received null"],
  [here, badFile({ stream: null }), "'message.files[0].stream' must be a function: received \"object\""],
  [null, message, "'destination' must be an object: received null"],
  [{ channel: "", to: "" }, message, "'destination.channel' must be a non-empty string: received \"\""],
  [{ channel: "here" }, message, "'destination.to' must be a string: received undefined"],
])(
  "deliver() of every deliverer rejects a bad argument with a TypeError (%#)",
  async (destination, bad, text) => {
    const expected = new TypeError(`Cannot deliver: ${text}`);
    expect(await rejections(destination, bad)).toEqual([expected, expected, expected]);
  },
);

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "deliver() of every deliverer rejects a file size of %d with a RangeError",
  async (size) => {
    const expected = new RangeError(
      `Cannot deliver: 'message.files[0].size' must be a whole number of bytes: received ${size}`,
    );
    expect(await rejections(here, badFile({ size }))).toEqual([expected, expected, expected]);
  },
);

test("deliver() of every deliverer rejects an empty message with DELIVER_EMPTY", async () => {
  const expected = expect.objectContaining({ code: "DELIVER_EMPTY" });
  expect(await rejections(here, { key: "k", text: "" })).toEqual([expected, expected, expected]);
});

test.each([null, {}, "stop"])(
  "deliver() of every deliverer rejects a signal that is none with a TypeError (%j)",
  async (signal) => {
    const options = { signal: signal as unknown as AbortSignal };
    for (const deliverer of deliverers) {
      await expect(deliverer.deliver(here, message, options)).rejects.toThrow(
        /^Cannot deliver: 'signal' must be an AbortSignal: received (null|object|"stop")$/,
      );
    }
  },
);
