import { EventEmitter } from "node:events";
import { statSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import { fillStore } from "./fill-store.ts";
import { temporaryFile } from "./temporary-file.ts";

const megabyte = 2 ** 20;
/** What becomes of the thread. */
const fate = vi.hoisted(() => ({ of: (_order: string): "refused" | "dead" | "failed" => "refused" }));

vi.mock("node:worker_threads", () => ({
  Worker: class extends EventEmitter {
    constructor() {
      super();
      if (fate.of("START") === "refused") throw new Error("no threads here");
    }
    ref(): void {}
    unref(): void {}
    postMessage(order: string): void {
      setImmediate(() => {
        if (order === "CLOSE" || fate.of(order) === "dead") this.emit("exit", 1);
        else this.emit("message", { busy: 0, log: 0, checkpointed: 0 });
      });
    }
  },
}));

test("where no thread can be started SQLite keeps the log short itself", async () => {
  const file = await temporaryFile();
  expect(await fillStore(file, 64)).toBeLessThan(40 * megabyte);
  expect(statSync(file).size).toBeGreaterThan(64 * megabyte);
});

test.each(["PASSIVE", "RESTART"])(
  "a thread that dies in a %s checkpoint leaves it to SQLite, and nobody waits",
  async (last) => {
    const before = fate.of;
    fate.of = (order) => (order === last ? "dead" : "failed");
    onTestFinished(() => {
      fate.of = before;
    });
    const file = await temporaryFile();
    expect(await fillStore(file, 64)).toBeLessThan(40 * megabyte);
  },
);
