import { join } from "node:path";
import { outFile } from "@executus/deliver";
import { createOutbox } from "@executus/deliver/outbox";
import { openSqliteStore } from "@executus/store-sqlite";
import { expect, onTestFinished, test } from "vitest";
import { keepingReplies, replyFiles } from "../../src/desk/reply-files.ts";
import { temporaryFolder } from "../cli/git-project.ts";

test("files of a reply are there after it has arrived, and gone when its deliveries are purged", async () => {
  const inner = await openSqliteStore({ file: join(temporaryFolder(), "desk.sqlite") });
  onTestFinished(() => inner.close());
  const store = keepingReplies(inner);
  const outbox = createOutbox({ store });
  outbox.start();
  const destinations = [
    { channel: "desk", to: "bo" },
    { channel: "team", to: "bo" },
  ];
  const files = [outFile("report.md", "# One finding\n"), outFile("empty.txt", "")];
  const keys = await outbox.enqueue(destinations, { key: "run-1/0", text: "done", files });
  for (const key of keys) await outbox.settled(key);
  await outbox.close();

  const kept = await replyFiles(outbox, "run-1");
  expect(kept.map(({ name, size }) => [name, size])).toEqual([
    ["report.md", 14],
    ["empty.txt", 0],
  ]);
  expect(await Promise.all(kept.map((file) => new Response(file.stream()).text()))).toEqual([
    "# One finding\n",
    "",
  ]);
  expect(await outbox.purge({ olderThanMs: 0 })).toBe(2);
  expect(await replyFiles(outbox, "run-1")).toEqual([]);
  for (const file of kept)
    await expect(new Response(file.stream()).text()).rejects.toThrow("none under that key");
});

test("a delivery whose record cannot be read is purged like any other", async () => {
  const inner = await openSqliteStore({ file: join(temporaryFolder(), "desk.sqlite") });
  onTestFinished(() => inner.close());
  const row = { messageKey: "run-1/0", channel: "desk", digest: "d" };
  const contents = ["not JSON", "{}"];
  await inner.recordDeliveries(contents.map((content, at) => ({ ...row, key: `run-1/0/${at}`, content })));
  const outbox = createOutbox({ store: keepingReplies(inner) });
  outbox.start();
  for (const at of contents.keys()) await outbox.settled(`run-1/0/${at}`);
  await outbox.close();
  expect(await outbox.purge({ olderThanMs: 0 })).toBe(2);
});

test("a run without a recorded reply has no files", async () => {
  const store = await openSqliteStore({ file: join(temporaryFolder(), "desk.sqlite") });
  onTestFinished(() => store.close());
  expect(await replyFiles(createOutbox({ store }), "run-1")).toEqual([]);
});
