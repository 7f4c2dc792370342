import { createHarness, defineAgent, type RunContext } from "@executus/harness";
import { AttachError, createAttachmentHub, type PendingAttachments } from "@executus/pendingattach";
import { DefaultGeneratedFile, generateText, isStepCount, tool } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { type Attach, attachFiles, fileTool } from "../src/index.ts";
import { text, toolCall } from "./answers.ts";

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

async function bagOfOne(): Promise<PendingAttachments> {
  return Promise.resolve(createAttachmentHub({ limits: { maxFiles: 1 } }).open("run-1"));
}

/** A model that makes a file. */
function drawing(): MockLanguageModelV4 {
  const file = { type: "file", mediaType: "image/png", data: { type: "data", data: png } } as const;
  return new MockLanguageModelV4({ doGenerate: { ...text("see"), content: [file] } });
}

test("attachFiles() puts files that the model made into the bag", async () => {
  const bag = await bagOfOne();
  await generateText({
    model: drawing(),
    prompt: "draw",
    onStepEnd: attachFiles((file) => bag.add(file)),
  });
  expect(bag.list()).toMatchObject([{ mediaType: "image/png", size: png.length }]);
});

test("attachFiles() goes on when a file is not taken: the bag lists it", async () => {
  const bag = await bagOfOne();
  await bag.add({ data: "first" });
  const warn = vi.fn<(context: object, message: string) => void>();
  const onStepEnd = attachFiles((file) => bag.add(file), { logger: { warn } });
  await generateText({ model: drawing(), prompt: "draw", onStepEnd });
  expect(bag.rejected()).toHaveLength(1);
  expect(warn).not.toHaveBeenCalled();
});

test("attachFiles() tells of a bag that breaks", async () => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const onStepEnd = attachFiles(() => Promise.reject(new Error("disk")), { logger: { warn } });
  await generateText({ model: drawing(), prompt: "draw", onStepEnd });
  expect(warn).toHaveBeenCalledWith(
    { error: new Error("disk") },
    "A file that a model made could not be attached",
  );
});

test("attachFiles() tells of a file whose bytes cannot be read, and takes the next", async () => {
  const bag = await bagOfOne();
  const warn = vi.fn<(context: object, message: string) => void>();
  const broken = new DefaultGeneratedFile({ data: "no base64!", mediaType: "image/png" });
  const files = [broken, new DefaultGeneratedFile({ data: png, mediaType: "image/png" })];
  await attachFiles((file) => bag.add(file), { logger: { warn } })({ files });
  expect(warn).toHaveBeenCalledOnce();
  expect(bag.list()).toHaveLength(1);
});

test("fileTool() puts a tool's files into the bag, and the model reads which were taken", async () => {
  const bag = await bagOfOne();
  const draw = tool({
    inputSchema: z.object({}),
    execute: () => ({
      note: "two",
      files: [
        { name: "a.txt", data: "one" },
        { name: "b.txt", data: "two" },
      ],
    }),
  });
  const model = new MockLanguageModelV4({ doGenerate: [toolCall("draw", {}), text("done")] });
  const { steps } = await generateText({
    model,
    prompt: "draw",
    tools: { draw: fileTool((file) => bag.add(file), draw) },
    stopWhen: isStepCount(3),
  });
  expect(steps[0]?.toolResults[0]?.output).toMatchObject({
    note: "two",
    files: [
      { ok: true, name: "a.txt", size: 3 },
      { ok: false, name: "b.txt", code: "ATTACH_TOO_MANY" },
    ],
  });
  expect(bag.list().map(({ name }) => name)).toEqual(["a.txt"]);
});

test("fileTool() takes the files of the last result that a tool yields", async () => {
  const bag = await bagOfOne();
  const draw = tool({
    inputSchema: z.object({}),
    execute: async function* () {
      yield { files: [] };
      yield await Promise.resolve({ files: [{ name: "a.txt", data: "one" }] });
    },
  });
  const taking = fileTool((file) => bag.add(file), draw as never);
  await taking.execute?.({} as never, { toolCallId: "1", messages: [], context: {} as never });
  expect(bag.list().map(({ name }) => name)).toEqual(["a.txt"]);
});

test("fileTool() says without internals that a bag broke", async () => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const files = [{ name: "a.txt", data: "one" }];
  const draw = tool({ inputSchema: z.object({}), execute: () => ({ files }) });
  const broken = fileTool(() => Promise.reject(new Error("disk /var/x")), draw, { logger: { warn } });
  const output = await broken.execute?.({}, { toolCallId: "1", messages: [], context: {} as never });
  expect(output).toEqual({
    files: [{ ok: false, name: "a.txt", code: "AI_FILE_FAILED", message: "The file could not be attached" }],
  });
  expect(warn).toHaveBeenCalledOnce();
});

test("fileTool() refuses a tool without code", () => {
  const bare = tool({ inputSchema: z.object({}) });
  expect(() => fileTool(() => Promise.reject(new AttachError("ATTACH_CLOSED", "")), bare as never)).toThrow(
    "Cannot make a file tool: the tool has no 'execute'",
  );
});

test("files of a run's model and tools go out with its reply", async () => {
  const sent: string[] = [];
  const artist = defineAgent({
    name: "artist",
    run: async (run) => {
      const attach: Attach = (file) => run.attach(file);
      await generateText({ model: drawing(), prompt: "draw", onStepEnd: attachFiles(attach) });
      return "drawn";
    },
  });
  await using harness = createHarness({
    agents: [artist],
    onEvent: (event) => {
      if (event.type === "file-added") sent.push(event.mediaType);
    },
  });
  const run = await harness.submit(artist, null, { caller: "ada" });
  await run.result;
  expect(sent).toEqual(["image/png"]);
});

test("the attach of a run and the add of a bag are an Attach", () => {
  expectTypeOf<RunContext["attach"]>().toExtend<Attach>();
  expectTypeOf<PendingAttachments["add"]>().toExtend<Attach>();
});
