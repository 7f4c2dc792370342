import assert from "node:assert/strict";
import process from "node:process";
import type { LaneTest } from "./lane-context.ts";

export function submitTests(test: LaneTest): void {
  test("every lane has the name that it was given, and supports what was declared", async (context) => {
    const name = context.unique("lane");
    const { lane } = await context.open({ name });
    assert.equal(lane.name, name);
    assert.deepEqual({ ...lane.supports }, { ...context.supports });
  });

  test("submit() resolves once the job is queued, with a ticket that leads to its end", async (context) => {
    const { lane, newJob, startGate } = await context.open();
    const running = await startGate();
    const job = newJob(() => ({ words: ["é", 2] }));
    const ticket = await lane.submit(job);
    assert.equal(ticket.jobId, job.id);
    running.finish();
    assert.deepEqual(await ticket.result, { words: ["é", 2] });
  });

  test("submit() gives a ticket whose result can be ignored when the job fails", async (context) => {
    const { lane, newJob } = await context.open();
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", listener);
    try {
      const outcome = await Promise.allSettled([
        lane.submit(newJob(() => Promise.reject(new Error("ignored")))),
      ]);
      assert.equal(outcome[0].status, "fulfilled");
      await context.until("the job to fail", async () => (await lane.stats()).failed === 1);
      await context.meanwhile();
    } finally {
      process.off("unhandledRejection", listener);
    }
    const messages = unhandled.map((reason) => (reason instanceof Error ? reason.message : reason));
    assert.equal(messages.includes("ignored"), false);
  });

  test("submitWait() resolves with what the code gives", async (context) => {
    const { lane, newJob } = await context.open();
    assert.deepEqual(await lane.submitWait(newJob(() => ({ answer: 42 }))), { answer: 42 });
    assert.equal(await lane.submitWait(newJob(() => Promise.resolve("later"))), "later");
  });

  test("submitWait() rejects with what the code threw, at once or later", async (context) => {
    const { wait, newJob } = await context.open();
    const throws = newJob(() => {
      throw new Error("at once");
    });
    await assert.rejects(wait(throws), { message: "at once" });
    await assert.rejects(wait(newJob(() => Promise.reject(new Error("later")))), { message: "later" });
  });

  test("code is given its job's id, its lane's name and a signal that has not aborted", async (context) => {
    const { lane, startGate } = await context.open();
    const { jobId, context: given } = await startGate();
    assert.deepEqual([given?.jobId, given?.lane, given?.signal.aborted], [jobId, lane.name, false]);
  });
}
