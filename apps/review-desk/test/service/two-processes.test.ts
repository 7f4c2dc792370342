import { expect, test } from "vitest";
import { heldModel } from "../scenes/held-model.ts";
import { cellsDone } from "./cells-done.ts";
import { deskFolder, files } from "./desk-process.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

test.skipIf(process.platform === "win32")(
  "a process that sleeps through its lease loses its run to another one, and spoils nothing when it wakes",
  async () => {
    const model = await heldModel();
    const receiver = await webhookReceiver();
    const folder = deskFolder({
      models: ["held"],
      lanes: { review: { maxConcurrent: 2 } },
      channels: { team: receiver.channel },
    });
    folder.repository("shop", files(12));
    const first = await folder.start(model.env);
    model.answerOnly(4);
    const input = { repo: "shop", reviewers: ["secrets"] };
    const { id } = (await first.as("bo").submit(input, { destinations: ["team"] })).body;
    await model.holding(2);
    await cellsDone(first.as("bo"), id, 4);
    first.child.kill("SIGSTOP");

    const second = await folder.start(model.env);
    model.release();
    const run = await second.as("bo").ended(id);
    expect(run).toMatchObject({
      state: "finished",
      result: { complete: true, cells: { total: 12, done: 12 } },
    });
    await receiver.received(1);

    first.child.kill("SIGCONT");
    // It works on: what it is asked for next it does.
    const next = (await first.as("cy").submit(input, { destinations: ["team"] })).body;
    expect(await first.as("cy").ended(next.id)).toMatchObject({
      state: "finished",
      result: { complete: true },
    });
    await receiver.received(2);
    expect((await first.as("bo").get(`/v1/runs/${id}`)).body).toEqual(run);
    for (const desk of [first, second]) {
      expect(await desk.stop()).toBe(0);
      expect(desk.output.stderr).toContain("the desk closes");
    }
    expect(new Set(receiver.messages.map((message) => message.id)).size).toBe(2);
    for (const { text } of receiver.messages) expect(text).toContain("12 of 12 cells done");
  },
);
