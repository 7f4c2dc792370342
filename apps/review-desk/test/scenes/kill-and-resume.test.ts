import { openSqliteStore } from "@executus/store-sqlite";
import { expect, test } from "vitest";
import { cellsDone } from "../service/cells-done.ts";
import { deskFolder, files } from "../service/desk-process.ts";
import { webhookReceiver } from "../service/webhook-receiver.ts";
import { heldModel } from "./held-model.ts";

test.skipIf(process.platform === "win32")(
  "scene 5: killed at 40 %, the next process runs the missing cells only, and the reply arrives once",
  async () => {
    const model = await heldModel();
    const receiver = await webhookReceiver();
    const folder = deskFolder({
      models: ["held"],
      lanes: { review: { maxConcurrent: 4 } },
      channels: { team: receiver.channel },
    });
    folder.repository("shop", files(50));
    const first = await folder.start(model.env);
    model.answerOnly(20);
    const { id } = (
      await first.as("bo").submit({ repo: "shop", reviewers: ["secrets"] }, { destinations: ["team"] })
    ).body;
    await model.holding(4);
    // All that was answered is stored before the process dies.
    await cellsDone(first.as("bo"), id, 20);
    await first.kill();

    const cells = await storedCells(folder.store, id);
    expect(cells).toHaveLength(21);
    const askedBefore = model.asked.length;
    const missing = new Set(model.asked.slice(20));
    model.release();

    const second = await folder.start(model.env);
    const run = await second.as("bo").ended(id);
    expect(run).toMatchObject({
      state: "finished",
      result: { files: 50, cells: { total: 50, done: 50, failed: 0 }, complete: true },
    });
    const askedAgain = model.asked.slice(askedBefore);
    expect(askedAgain).toHaveLength(30);
    expect(new Set(askedAgain).size).toBe(30);
    expect(askedAgain).toEqual(expect.arrayContaining([...missing]));
    const told: { type: string; cell?: string; stored?: true }[] = [];
    for await (const { data } of second.as("bo").events(id)) told.push(data);
    const restarted = told.slice(told.findLastIndex(({ type }) => type === "run-started"));
    const ended = restarted.filter(({ type, cell }) => type === "cell-ended" && !cell?.startsWith("3/"));
    expect(ended.filter(({ stored }) => stored)).toHaveLength(21);
    expect(ended.filter(({ stored }) => !stored)).toHaveLength(30);

    await receiver.received(1);
    expect(await second.stop()).toBe(0);
    expect(receiver.messages.map(({ text }) => text)).toEqual([run.result.text]);
    expect(told.filter(({ type }) => type === "run-ended")).toHaveLength(1);
  },
);

async function storedCells(file: string, runId: string): Promise<readonly unknown[]> {
  await using store = await openSqliteStore({ file });
  return store.listRunCells(runId);
}
