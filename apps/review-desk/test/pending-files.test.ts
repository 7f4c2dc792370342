import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDeliverer, type OutFile } from "@executus/deliver";
import { fileTransport } from "@executus/deliver/file";
import { createAttachmentHub, type PendingFile } from "@executus/pendingattach";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";

// The two packages know nothing of each other: only here do they meet.
test("a file that a run holds is a file that goes out", async () => {
  expectTypeOf<PendingFile>().toExtend<OutFile>();
  const bag = createAttachmentHub().open("run-1");
  await bag.add({ name: "report.md", data: "# Two findings\n" });
  const texts: string[] = [];
  const deliverer = createDeliverer({
    name: "test",
    send: async (_, { files }) => {
      for (const file of files) texts.push(`${file.name}: ${await new Response(file.stream()).text()}`);
    },
  });
  const receipt = await bag.drain(({ drainId, files }) =>
    deliverer.deliver({ channel: "test", to: "" }, { key: `${drainId}/0`, text: "done", files }),
  );
  expect(receipt?.status).toBe("delivered");
  expect(texts).toEqual(["report.md: # Two findings\n"]);
});

test("files with hostile names are written as they are named, beside each other", async () => {
  const root = await mkdtemp(join(tmpdir(), "pending-files-"));
  onTestFinished(() => rm(root, { recursive: true }));
  const bag = createAttachmentHub({ limits: { maxFiles: 20 } }).open("run-1");
  const raw = [
    "CON.txt",
    "a:b",
    "../x",
    "r\u202etxt.md",
    "x.txt. .",
    "a.txt",
    "A.TXT",
    "é.md",
    "e\u0301.md",
    ".env",
    "-rf",
  ];
  for (const name of [...raw, `${"中".repeat(100)}.md`, "\ud800", "ß.md", "ẞ.md"])
    await bag.add({ name, data: name });
  const files = await bag.drain(async (batch) => {
    const destination = { channel: "file", to: "." };
    const message = { key: batch.drainId, text: "", files: batch.files };
    const receipt = await createDeliverer(fileTransport({ root })).deliver(destination, message);
    expect(receipt.status).toBe("delivered");
    return batch.files;
  });
  expect((await readdir(root)).sort()).toEqual(files?.map(({ name }) => name).sort());
});
