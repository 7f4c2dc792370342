import { spawn } from "node:child_process";
import { chmod, lstat, mkdir, readdir, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { text as readText } from "node:stream/consumers";
import type { UnderlyingSource } from "node:stream/web";
import { expect, test, vi } from "vitest";
import type { OutFile, Receipt } from "../src/index.ts";
import { outFile } from "../src/index.ts";
import { fileTransport } from "../src/file.ts";
import { sendOne } from "./send-one.ts";
import { contents, deliverTo, temporaryRoot } from "./temporary-root.ts";

const onWindows = process.platform === "win32";
const child = join(import.meta.dirname, "fixtures/file-child.ts");

/** A file whose stream is made by hand; `size` is what it says it has. */
function streamFile(name: string, size: number, source: UnderlyingSource<Uint8Array>): OutFile {
  return { ...outFile(name, ""), size, stream: () => new ReadableStream(source, { highWaterMark: 0 }) };
}

function failedWith(error: string | RegExp): object {
  return {
    status: "failed",
    parts: [{ index: 0, status: "failed", attempts: 1, error: expect.stringMatching(error) }],
    notes: [],
  };
}

test("fileTransport() writes each file of a message into the folder `to` below its root", async () => {
  const root = await temporaryRoot();
  const files = [outFile("report.md", "# Report\n"), outFile("findings.json", "[]"), outFile("empty", "")];
  expect(await deliverTo(root, { to: "ada/run-1", files })).toEqual({
    status: "delivered",
    parts: [{ index: 0, status: "sent", attempts: 1 }],
    notes: [],
  });
  expect(await contents(root)).toEqual({
    ada: "<folder>",
    "ada/run-1": "<folder>",
    "ada/run-1/report.md": "# Report\n",
    "ada/run-1/findings.json": "[]",
    "ada/run-1/empty": "",
  });
});

test("fileTransport() writes a large file of many chunks byte for byte", async () => {
  const root = await temporaryRoot();
  const text = "0123456789abcde\n".repeat(200_000);
  await deliverTo(root, { files: [outFile("large", text)] });
  expect((await contents(root))["large"] === text).toBe(true);
});

test("fileTransport() writes the text as message.txt, or as message.md if it is markdown", async () => {
  const root = await temporaryRoot();
  await deliverTo(root, { to: "a", text: "plain\u001b", files: [outFile("b", "")] });
  await deliverTo(root, { to: "a", text: "**bold**", format: "markdown" });
  expect(await contents(root)).toEqual({
    a: "<folder>",
    "a/b": "",
    "a/message.txt": "plain\u001b",
    "a/message.md": "**bold**",
  });
});

test("fileTransport() makes a missing root, and takes one that is a link", async () => {
  const root = await temporaryRoot();
  const files = [outFile("b", "c")];
  expect((await deliverTo(join(root, "new/deep"), { files })).status).toBe("delivered");
  await symlink(join(root, "new"), join(root, "link"), "junction");
  expect((await deliverTo(join(root, "link"), { files })).status).toBe("delivered");
  expect(await contents(join(root, "new"))).toEqual({ b: "c", deep: "<folder>", "deep/b": "c" });
});

test("fileTransport() keeps a relative root where it was when the transport was made", async () => {
  const root = await temporaryRoot();
  const transport = fileTransport({ root: relative(process.cwd(), root) });
  const before = process.cwd();
  await mkdir(join(root, "elsewhere"));
  process.chdir(join(root, "elsewhere"));
  try {
    const files = [outFile("b", "c")];
    await sendOne(transport, { channel: "file", to: "." }, { key: "k", text: "", files });
  } finally {
    process.chdir(before);
  }
  expect(await contents(root)).toEqual({ b: "c", elsewhere: "<folder>" });
});

test("fileTransport() replaces files of the same name and leaves the others", async () => {
  const root = await temporaryRoot();
  await deliverTo(root, { files: [outFile("a", "old a"), outFile("b", "old b"), outFile("c", "old c")] });
  await deliverTo(root, { files: [outFile("c", "new c"), outFile("a", "new a")] });
  expect(await contents(root)).toEqual({ a: "new a", b: "old b", c: "new c" });
});

test.skipIf(onWindows)(
  "fileTransport() replaces a link with a file's name and leaves what it points to",
  async () => {
    const root = await temporaryRoot();
    await writeFile(join(root, "target"), "target");
    for (const name of ["a", "b", "dangling"]) await symlink(join(root, "target"), join(root, name));
    await symlink(join(root, "missing"), join(root, "gone"));
    const files = ["a", "gone", "b"].map((name) => outFile(name, `new ${name}`));
    expect((await deliverTo(root, { files })).status).toBe("delivered");
    expect(await contents(root)).toEqual({
      target: "target",
      a: "new a",
      gone: "new gone",
      b: "new b",
      dangling: "<link>",
    });
  },
);

test("fileTransport() refuses a file with a folder's name with DELIVER_OCCUPIED, before it writes anything", async () => {
  const root = await temporaryRoot();
  await mkdir(join(root, "b"));
  const files = [outFile("a", "a"), outFile("b", "b")];
  await expect(deliverTo(root, { files })).rejects.toMatchObject({
    code: "DELIVER_OCCUPIED",
    message: 'Cannot write file "b": a folder has that name',
  });
  expect(await contents(root)).toEqual({ b: "<folder>" });
});

test("fileTransport() refuses unsafe and equal names before it makes a folder or opens a stream", async () => {
  const root = await temporaryRoot();
  const unread = (name: string): OutFile => ({ ...outFile(name, "a"), stream: () => expect.unreachable() });
  const refused = (names: string[]): Promise<unknown> =>
    deliverTo(root, { to: "new", files: names.map(unread) });
  await expect(refused(["ok", "../up"])).rejects.toMatchObject({ code: "DELIVER_UNSAFE_NAME" });
  await expect(refused(["a.md", "A.md"])).rejects.toMatchObject({ code: "DELIVER_DUPLICATE_NAME" });
  expect(await contents(root)).toEqual({});
});

test("fileTransport() shows a reader no new file before all are complete", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "first"), "old");
  const seen: (string | undefined)[] = [];
  const last = streamFile("last", 2, {
    async pull(controller) {
      seen.push((await contents(root))["first"], (await contents(root))["last"]);
      controller.enqueue(new Uint8Array([97]));
      if (seen.length === 4) controller.close();
    },
  });
  const receipt = await deliverTo(root, { files: [outFile("first", "new"), last] });
  expect(receipt.status).toBe("delivered");
  expect(seen).toEqual(["old", undefined, "old", undefined]);
  expect(await contents(root)).toEqual({ first: "new", last: "aa" });
});

test("fileTransport() gives a failed receipt and leaves nothing when a stream does not give its size", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "a"), "old");
  for (const [size, gave] of [
    [4, "3 of its 4 bytes"],
    [2, "more than its 2 bytes"],
  ] as const) {
    const files = [outFile("a", "new"), { ...outFile("b", "abc"), size }];
    expect(await deliverTo(root, { files })).toEqual(failedWith(`Cannot write "b": its stream gave ${gave}`));
    expect(await contents(root)).toEqual({ a: "old" });
  }
});

test("fileTransport() stops reading a stream that gives more than its size", async () => {
  const root = await temporaryRoot();
  const cancel = vi.fn<() => void>();
  const endless = streamFile("a", 5, { pull: (controller) => controller.enqueue(new Uint8Array(3)), cancel });
  expect((await deliverTo(root, { files: [endless] })).status).toBe("failed");
  expect(cancel).toHaveBeenCalledOnce();
});

test("fileTransport() gives a failed receipt without the error's words when a stream fails, and leaves nothing", async () => {
  const root = await temporaryRoot();
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    controller.enqueue(new Uint8Array(3));
    controller.error(new RangeError("secret"));
  };
  const open = (): never => {
    throw Object.assign(new Error("secret"), { code: "ENOENT" });
  };
  const words = new ReadableStream<unknown>({ start: (controller) => controller.enqueue("secret") });
  const cases: [OutFile, string][] = [
    [streamFile("a", 6, { pull }), 'Cannot read "a": RangeError'],
    [{ ...outFile("a", "b"), stream: open }, 'Cannot read "a": not found (ENOENT)'],
    [
      { ...outFile("a", "b"), stream: () => words as ReadableStream<Uint8Array> },
      "something else than bytes",
    ],
  ];
  for (const [file, error] of cases) {
    const receipt = await deliverTo(root, { files: [outFile("z", "z"), file] });
    expect(receipt.parts[0]?.error).toContain(error);
    expect(JSON.stringify(receipt)).not.toContain("secret");
    expect(await contents(root)).toEqual({});
  }
});

test("fileTransport() leaves nothing and keeps the old files when it is aborted while it waits for a stream", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "a"), "old");
  const controller = new AbortController();
  const reason = new Error("cancelled");
  const added = vi.spyOn(controller.signal, "addEventListener");
  const removed = vi.spyOn(controller.signal, "removeEventListener");
  const cancel = vi.fn<(reason: unknown) => void>();
  let pulls = 0;
  const stuck = streamFile("b", 6, {
    async pull(stream) {
      if (pulls++ === 0) return stream.enqueue(new Uint8Array(3));
      expect(await readdir(root)).toHaveLength(3);
      controller.abort(reason);
      await new Promise(() => {});
    },
    cancel,
  });
  const files = [outFile("a", "new"), stuck];
  await expect(deliverTo(root, { files, signal: controller.signal })).rejects.toBe(reason);
  expect(await contents(root)).toEqual({ a: "old" });
  expect(cancel.mock.calls).toEqual([[reason]]);
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
});

test("fileTransport() leaves nothing when it is aborted after the last byte and before the first rename", async () => {
  const root = await temporaryRoot();
  const controller = new AbortController();
  const last = streamFile("b", 0, {
    pull(stream) {
      stream.close();
      // After the read that sees the end, while the file is flushed.
      setImmediate(() => controller.abort("late"));
    },
  });
  const delivery = deliverTo(root, { files: [outFile("a", "new"), last], signal: controller.signal });
  await expect(delivery).rejects.toBe("late");
  expect(await contents(root)).toEqual({});
});

test("fileTransport() does nothing when the signal is aborted already", async () => {
  const root = await temporaryRoot();
  const signal = AbortSignal.abort("over");
  const transport = fileTransport({ root: join(root, "new") });
  const message = { key: "k", text: "a" };
  await expect(sendOne(transport, { channel: "file", to: "." }, message, { signal })).rejects.toBe("over");
  expect(await contents(root)).toEqual({});
});

test("fileTransport() gives the names back to the old files when one of them cannot be taken", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "a"), "old a");
  if (!onWindows) await symlink(join(root, "a"), join(root, "link"));
  const before = await contents(root);
  // A folder that comes in the way after the check: the rename to this name fails.
  const late = streamFile("c", 0, {
    async pull(stream) {
      await mkdir(join(root, "c"));
      stream.close();
    },
  });
  for (const after of [[], [outFile("d", "new d")]]) {
    const files = [outFile("a", "new a"), outFile("b", "new b"), outFile("link", "new link"), late, ...after];
    const receipt = await deliverTo(root, { files });
    expect(receipt).toEqual(failedWith(/^Cannot put "c" in its place: /));
    expect(await contents(root)).toEqual({ ...before, c: "<folder>" });
    await rmdir(join(root, "c"));
  }
  if (!onWindows) expect((await lstat(join(root, "link"))).isSymbolicLink()).toBe(true);
});

test("fileTransport() gives a name back when its new file is lost before the rename", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "a"), "old a");
  await writeFile(join(root, "target"), "target");
  if (!onWindows) await symlink(join(root, "target"), join(root, "link"));
  const before = await contents(root);
  for (const name of onWindows ? ["a"] : ["a", "link"]) {
    const thief = streamFile("last", 0, {
      async pull(stream) {
        const found = Object.entries(await contents(root)).find(([, text]) => text === `new ${name}`);
        await rm(join(root, String(found?.[0])));
        stream.close();
      },
    });
    const receipt = await deliverTo(root, { files: [outFile(name, `new ${name}`), thief] });
    expect(receipt).toEqual(failedWith(/in its place: not found \(ENOENT\)$/));
    expect(await contents(root)).toEqual(before);
  }
});

test("fileTransport() gives a failed receipt naming the folder that cannot be made", async () => {
  const root = await temporaryRoot();
  await writeFile(join(root, "plain"), "");
  const files = [outFile("b", "c")];
  expect(await deliverTo(join(root, "plain"), { files })).toEqual(
    failedWith(/^Cannot make folder "plain": .*\(E/),
  );
  expect(await deliverTo(root, { to: "plain", files })).toEqual(
    failedWith(/^Cannot make folder "plain": not a folder \(ENOTDIR\)$/),
  );
  expect(await deliverTo(root, { to: "plain/deep", files })).toEqual(
    failedWith(/^Cannot make folder "plain": /),
  );
  expect(await contents(root)).toEqual({ plain: "" });
});

async function inChild(command: string, args: readonly string[]): Promise<Receipt> {
  const { stdout } = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await readText(stdout)) as Receipt;
}

test.skipIf(onWindows)("fileTransport() gives a failed receipt when it may not write", async () => {
  const root = await temporaryRoot();
  await chmod(root, 0o555);
  const asRoot = process.getuid?.() === 0;
  const receipt = await inChild(process.execPath, [child, root, "5", ...(asRoot ? ["65534"] : [])]);
  expect(receipt).toEqual(failedWith(/^Cannot write "report\.md": no permission \(EACCES\)$/));
  expect(await contents(root)).toEqual({});
});

test.skipIf(onWindows)(
  "fileTransport() leaves nothing when the system refuses to write in the middle of a file",
  async () => {
    const root = await temporaryRoot();
    await writeFile(join(root, "report.md"), "old");
    const limited = 'trap "" XFSZ; ulimit -f 64; exec "$@"';
    const receipt = await inChild("sh", ["-c", limited, "sh", process.execPath, child, root, "1000000"]);
    expect(receipt).toEqual(failedWith(/^Cannot write "report\.md": file too large \(EFBIG\)$/));
    expect(await contents(root)).toEqual({ "report.md": "old" });
  },
);

test("fileTransport() throws a TypeError unless root is a path", () => {
  for (const [root, shown] of [
    ["", '""'],
    ["a\0b", '"ab"'],
    [undefined, "undefined"],
  ]) {
    expect(() => fileTransport({ root: root as string })).toThrow(
      new TypeError(`Cannot create file transport: 'root' must be a path: received ${shown}`),
    );
  }
});

test("fileTransport() gives the text another name where a file of the message has the usual one", async () => {
  const root = await temporaryRoot();
  const files = [outFile("Message.TXT", "a file"), outFile("message (2).txt", "another")];
  expect(await deliverTo(root, { to: ".", text: "the text", files })).toMatchObject({ status: "delivered" });
  expect(await contents(root)).toEqual({
    "Message.TXT": "a file",
    "message (2).txt": "another",
    "message (3).txt": "the text",
  });
});
