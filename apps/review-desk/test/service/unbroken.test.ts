import { expect, test } from "vitest";
import { unbroken } from "../../src/service/unbroken.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("unbroken() hands a stream on as it is", async () => {
  const errors: unknown[] = [];
  const stream = unbroken(ReadableStream.from([bytes("a"), bytes("b")]), (error) => errors.push(error));
  expect(await new Response(stream).text()).toBe("ab");
  expect(errors).toEqual([]);
});

test("unbroken() ends where the stream fails, and tells why", async () => {
  const broken = new Error("the disk is gone");
  const errors: unknown[] = [];
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes("a");
    throw broken;
  };
  const stream = unbroken(ReadableStream.from(failing()), (error) => errors.push(error));
  expect(await new Response(stream).text()).toBe("a");
  expect(errors).toEqual([broken]);
});

test("unbroken() cancels the stream when its reader leaves", async () => {
  const left = Promise.withResolvers<unknown>();
  const source = new ReadableStream<Uint8Array>({ cancel: left.resolve });
  await unbroken(source, () => {}).cancel("enough");
  expect(await left.promise).toBe("enough");
});
