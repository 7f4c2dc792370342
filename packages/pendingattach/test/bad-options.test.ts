import { expect, test } from "vitest";
import { attachFile, diskBlobStore } from "../src/fs.ts";
import { createAttachmentHub, safeName, sniffMediaType, uniqueName } from "../src/index.ts";

/** Calls as JavaScript lets them be made. */
type Loose = (...given: readonly unknown[]) => unknown;

const loose = (call: unknown): Loose => call as Loose;
const method = (owner: object, name: string): Loose =>
  ((owner as Record<string, Loose>)[name] as Loose).bind(owner);
const bag = (): object => createAttachmentHub().open("run-7");
const onDisk = { root: "/tmp", path: "a.txt" };

const cases: readonly (readonly [call: string, run: () => unknown, message: string])[] = [
  [
    "createAttachmentHub(null)",
    () => loose(createAttachmentHub)(null),
    "Cannot create attachment hub: 'options' must be an object: received null",
  ],
  [
    "createAttachmentHub() with limits of null",
    () => loose(createAttachmentHub)({ limits: null }),
    "Cannot create attachment hub: 'limits' must be an object: received null",
  ],
  [
    "createAttachmentHub() with a limit of null",
    () => loose(createAttachmentHub)({ limits: { maxFiles: null } }),
    "Cannot limit attachments: 'maxFiles' must be a whole number of at least 0, or Infinity: received null",
  ],
  [
    "createAttachmentHub() with a policy of null",
    () => loose(createAttachmentHub)({ policy: null }),
    "Cannot create attachment hub: 'policy' must be an object: received null",
  ],
  [
    "createAttachmentHub() with a policy that is only its function",
    () => loose(createAttachmentHub)({ policy: () => true }),
    "Cannot create attachment hub: 'policy' must be an object: received function",
  ],
  [
    "createAttachmentHub() with an onMismatch that is an object without a prototype",
    () => loose(createAttachmentHub)({ policy: { onMismatch: Object.create(null) } }),
    'Cannot create attachment hub: \'policy.onMismatch\' must be "use-bytes" or "reject": received an object',
  ],
  [
    "drain() with a whenEmpty that is an object without a prototype",
    () => method(bag(), "drain")(() => {}, { whenEmpty: Object.create(null) }),
    'Cannot drain attachments: \'whenEmpty\' must be "skip" or "call": received an object',
  ],
  [
    "createAttachmentHub() with a logger that is none",
    () => loose(createAttachmentHub)({ logger: {} }),
    "Cannot create attachment hub: 'logger.warn' must be a function: received undefined",
  ],
  [
    "open(runId, null)",
    () => method(createAttachmentHub(), "open")("run-7", null),
    "Cannot open attachments: 'options' must be an object: received null",
  ],
  [
    "open(runId, sequence)",
    () => method(createAttachmentHub(), "open")("run-7", 5),
    "Cannot open attachments: 'options' must be an object: received number",
  ],
  [
    "add(null)",
    () => method(bag(), "add")(null),
    "Cannot attach file: 'input' must be an object: received null",
  ],
  [
    "add(input, null)",
    () => method(bag(), "add")({ data: "a" }, null),
    "Cannot attach file: 'options' must be an object: received null",
  ],
  [
    "add() with a signal of null",
    () => method(bag(), "add")({ data: "a" }, { signal: null }),
    "Cannot attach file: 'signal' must be an AbortSignal: received null",
  ],
  [
    "drain(sink, null)",
    () => method(bag(), "drain")(() => {}, null),
    "Cannot drain attachments: 'options' must be an object: received null",
  ],
  [
    "safeName() of a number",
    () => loose(safeName)(5),
    "Cannot make name: the name must be a string: received number",
  ],
  [
    "safeName(name, null)",
    () => loose(safeName)("a", null),
    "Cannot make name: 'options' must be an object: received null",
  ],
  [
    "safeName() with a fallback that is none",
    () => loose(safeName)("", { fallback: 5 }),
    "Cannot make name: 'fallback' must be a string: received number",
  ],
  [
    "uniqueName() of a number",
    () => loose(uniqueName)(5, new Set()),
    "Cannot make name unique: the name must be a string: received number",
  ],
  [
    "uniqueName() without the names that are taken",
    () => loose(uniqueName)("a"),
    "Cannot make name unique: 'taken' must be a set of strings: received undefined",
  ],
  [
    "uniqueName(name, taken, null)",
    () => loose(uniqueName)("a", new Set(), null),
    "Cannot make name unique: 'options' must be an object: received null",
  ],
  [
    "sniffMediaType() of a string",
    () => loose(sniffMediaType)("GIF89a"),
    "Cannot sniff media type: 'head' must be a Uint8Array: received string",
  ],
  [
    "diskBlobStore()",
    () => loose(diskBlobStore)(),
    "Cannot create disk blob store: 'options' must be an object: received undefined",
  ],
  [
    "attachFile(null, file)",
    () => loose(attachFile)(null, onDisk),
    "Cannot attach file: 'attachments.add' must be a function: received undefined",
  ],
  [
    "attachFile(bag, null)",
    () => loose(attachFile)(bag(), null),
    "Cannot attach file: 'file' must be an object: received null",
  ],
  [
    "attachFile(bag, file, null)",
    () => loose(attachFile)(bag(), onDisk, null),
    "Cannot attach file: 'options' must be an object: received null",
  ],
];

test.each(cases)(
  "%s is one TypeError that names the action, the argument and the value",
  async (_, run, text) => {
    const failure = await (async () => run())().then(
      (value) => value,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TypeError);
    expect((failure as TypeError).message).toBe(text);
  },
);
