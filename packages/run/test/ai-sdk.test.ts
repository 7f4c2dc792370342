import type { UIMessage, UIMessageStreamWriter } from "ai";
import { createUIMessageStream, readUIMessageStream } from "ai";
import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import type { AiSdkOptions, ProgressChunk } from "../src/ai-sdk.ts";
import { aiSdk } from "../src/ai-sdk.ts";
import type { ProgressEvent } from "../src/index.ts";
import { createProgress } from "../src/index.ts";
import { play, scripts } from "./random-tree.ts";
import { recorder } from "./recorder.ts";

type Message = UIMessage<unknown, { progress: ProgressEvent }>;

/** The message that a chat has in the end. */
async function read(work: (writer: UIMessageStreamWriter<Message>) => void): Promise<Message | undefined> {
  const stream = createUIMessageStream<Message>({ execute: ({ writer }) => work(writer) });
  let last: Message | undefined;
  for await (const message of readUIMessageStream<Message>({ stream })) last = message;
  return last;
}

test("aiSdk() sends each event under the id of its node, transient between start and end", () => {
  const chunks: ProgressChunk[] = [];
  const sink = recorder();
  const root = createProgress({
    throttleMs: 0,
    sinks: [sink, aiSdk({ write: (chunk) => chunks.push(chunk) })],
  });
  root.child("a", { total: 1 }).add();
  root.note("found");
  root.phase("last");
  root.end();
  expect(chunks.map(({ data }) => data)).toEqual(sink.events);
  expect(chunks.map(({ id }) => id)).toEqual(sink.events.map(({ nodeId }) => nodeId));
  for (const { type, data, transient } of chunks) {
    expect(type).toBe("data-progress");
    expect(transient).toBe(data.type === "start" || data.type === "end" ? undefined : true);
  }
});

test("aiSdk() leaves one part for each node in the message, as it ended, for any run", async () => {
  const property = fc.asyncProperty(scripts, async (script) => {
    const sink = recorder();
    const message = await read((writer) => {
      play(
        script,
        createProgress({ throttleMs: 0, sinks: [sink, aiSdk({ write: (chunk) => writer.write(chunk) })] }),
      );
    });
    const starts = sink.events.filter(({ type }) => type === "start");
    const ends = new Map(
      sink.events.filter(({ type }) => type === "end").map((event) => [event.nodeId, event]),
    );
    expect(message?.parts).toEqual(
      starts.map(({ nodeId }) => ({ type: "data-progress", id: nodeId, data: ends.get(nodeId) })),
    );
  });
  await fc.assert(property, { numRuns: 50 });
});

test("aiSdk() refuses what cannot be written to, and fits the AI SDK by structure", () => {
  expect(() => aiSdk({ write: 1 } as unknown as AiSdkOptions)).toThrow(
    new TypeError("Cannot create AI SDK sink: 'write' must be a function: received 1"),
  );
  expectTypeOf<UIMessageStreamWriter<Message>["write"]>().toExtend<AiSdkOptions["write"]>();
});
