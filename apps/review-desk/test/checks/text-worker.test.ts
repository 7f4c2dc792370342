import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { ScratchFolder } from "../../src/checks/scratch-folder.ts";
import { TextWorker, type TextWorkerOptions } from "../../src/checks/text-worker.ts";
import { hasEnded, watchChildren } from "./children.ts";

const slow = { timeout: 120_000 };
const fakeKey = `AKIA${"Q7K2M9X4"}T6B8ZC5D`;

/** Takes markdownlint minutes. */
const endlessPage = "[a](".repeat(100_000);

function openWorker(options: Partial<TextWorkerOptions> = {}): TextWorker {
  const scratch = new ScratchFolder();
  const worker = new TextWorker({ tool: "secretlint", scratch, timeLimitMs: 60_000, ...options });
  onTestFinished(() => close(worker, scratch));
  return worker;
}

async function close(worker: TextWorker, scratch: ScratchFolder): Promise<void> {
  await worker.close();
  await scratch.remove();
}

test("TextWorker answers one text after the other from one process", slow, async () => {
  const children = watchChildren();
  const worker = openWorker();
  const texts = ["", fakeKey, "", `\n${fakeKey}`];
  const found = await Promise.all(texts.map((text) => worker.ask("a", text, undefined)));
  expect(found.map(([finding]) => finding?.line)).toEqual([undefined, 1, undefined, 2]);
  expect(children).toHaveLength(1);
});

test("TextWorker gives CHECK_CRASHED to the text in work when its process dies", slow, async () => {
  const children = watchChildren();
  const worker = openWorker({ tool: "markdownlint" });
  const crashed = worker.ask("a.md", endlessPage, undefined);
  const next = worker.ask("a.md", "[x](#nope)\n", undefined);
  await expect.poll(() => children.length, { timeout: 30_000 }).toBe(1);
  process.kill(children[0]?.pid ?? 0, "SIGKILL");
  await expect(crashed).rejects.toMatchObject({
    code: "CHECK_CRASHED",
    message: expect.stringMatching(
      /^Cannot check the file with markdownlint: its process ended with (?:SIGKILL|code 1)$/,
    ),
  });
  expect(await next).toMatchObject([{ rule: "markdownlint/MD051" }]);
  expect(children).toHaveLength(2);
});

test("TextWorker starts a new process when the idle one has died", slow, async () => {
  const children = watchChildren();
  const worker = openWorker();
  await worker.ask("a", "", undefined);
  const [first] = children;
  if (first === undefined) throw new Error("no process was started");
  first.ref();
  const exited = once(first, "exit");
  process.kill(first.pid ?? 0, "SIGKILL");
  await exited;
  expect(await worker.ask("a", fakeKey, undefined)).toHaveLength(1);
});

test("TextWorker kills a process that takes too long, and goes on with the next text", slow, async () => {
  const children = watchChildren();
  const limits = [1_000];
  const scratch = new ScratchFolder();
  const worker = new TextWorker({
    tool: "markdownlint",
    scratch,
    // For the first text only: the second has all the time that a busy machine takes.
    get timeLimitMs() {
      return limits.shift() ?? 60_000;
    },
  });
  onTestFinished(() => close(worker, scratch));
  const late = worker.ask("a.md", endlessPage, undefined);
  const next = worker.ask("a.md", "[x](#nope)\n", undefined);
  await expect(late).rejects.toMatchObject({
    code: "CHECK_TIMEOUT",
    message: "Cannot check the file with markdownlint: it ran out of time",
  });
  expect(await next).toHaveLength(1);
  await expect.poll(() => children[0] && hasEnded(children[0]), { timeout: 30_000 }).toBe(true);
});

test("TextWorker drops a text that nobody waits for", slow, async () => {
  const worker = openWorker();
  const control = new AbortController();
  const first = worker.ask("a", fakeKey, undefined);
  const dropped = worker.ask("a", "", control.signal);
  const reason = new Error("enough");
  control.abort(reason);
  await expect(dropped).rejects.toBe(reason);
  expect(await first).toHaveLength(1);
  expect(await worker.ask("a", fakeKey, undefined)).toHaveLength(1);
});

test("TextWorker knows the files in which npm keeps tokens", slow, async () => {
  const token = `npm${"_"}${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
  const text = `//registry.example.com/:_authToken=${token}\n`;
  const [finding] = await openWorker().ask("home/.npmrc", text, undefined);
  expect(finding).toMatchObject({ line: 1, rule: "secretlint/npm" });
});

test("TextWorker gives its process no right to write or to start others", slow, async () => {
  const children = watchChildren();
  await openWorker().ask("a", "", undefined);
  const rights = children[0]?.spawnargs.filter((argument) => /^--(?:permission|allow)/.test(argument));
  expect(rights).toEqual(["--permission", "--allow-fs-read=*"]);
});
