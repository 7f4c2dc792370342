import { discard, type Deliverer, type Destination } from "@executus/deliver";
import { expect, test } from "vitest";
import { createHarness, defineAgent, type HarnessEvent, type RunContext } from "../src/index.ts";
import { combinedStore } from "./combined-store.ts";
import { letterbox } from "./letterbox.ts";

const silent = { warn: (): void => {} };
const here: Destination = { channel: "chat", to: "ada" };

async function deliverOne(
  code: (context: RunContext) => unknown,
  options: { readonly deliver?: Deliverer; readonly destinations?: readonly Destination[] } = {},
) {
  const told: HarnessEvent[] = [];
  const main = defineAgent({ name: "main", run: (context) => code(context) });
  const { destinations = [here], deliver } = options;
  const onEvent = (event: HarnessEvent): void => void told.push(event);
  await using harness = createHarness({ agents: [main], deliver, onEvent, logger: silent });
  await harness.start();
  const run = await harness.submit(main, 0, { caller: "ada", destinations });
  const result = await run.result.catch((error: unknown) => error);
  const keys = (await harness.outbox?.list())?.map(({ key }) => key) ?? [];
  const entries = await Promise.all(keys.map(async (key) => harness.outbox?.settled(key)));
  return { id: run.id, result, entries, told };
}

test("the reply and its files go to each destination once, under the run's key", async () => {
  const { arrived, deliverer } = letterbox();
  const other = { channel: "file", to: "out" };
  const { id } = await deliverOne(
    async (context) => {
      await context.attach({ name: "report.md", data: "# Two findings\n" });
      return "Two findings.";
    },
    { deliver: deliverer, destinations: [here, other] },
  );
  const files = [["report.md", "# Two findings\n"]];
  const sent = { key: `${id}/0`, text: "Two findings.", files };
  expect(arrived).toHaveLength(2);
  expect(arrived).toContainEqual(expect.objectContaining({ ...sent, key: expect.stringContaining(id) }));
  expect(new Set(arrived.map(({ destination }) => destination.to))).toEqual(new Set(["ada", "out"]));
});

test("the reply is recorded before the result is told", async () => {
  const main = defineAgent({ name: "main", run: () => "done" });
  await using harness = createHarness({ agents: [main] });
  const run = await harness.submit(main, 0, { caller: "ada", destinations: here });
  await run.result;
  expect(await harness.outbox?.get(`${run.id}/0/0`)).toMatchObject({ messageKey: `${run.id}/0` });
});

test("without a deliverer the receipt says discarded", async () => {
  const { entries, told, id } = await deliverOne(() => "done");
  expect(entries).toMatchObject([{ state: "discarded" }]);
  expect(told).toContainEqual(
    expect.objectContaining({ type: "delivery-ended", state: "discarded", runId: id }),
  );
});

test("a reply is a string as it is, an object's text, or JSON", async () => {
  const texts = async (value: unknown): Promise<string | undefined> => {
    const { arrived, deliverer } = letterbox();
    await deliverOne(() => value, { deliver: deliverer });
    return arrived[0]?.text;
  };
  expect(await texts("plain")).toBe("plain");
  expect(await texts({ text: "said", more: 1 })).toBe("said");
  expect(await texts({ more: 1 })).toBe('{\n  "more": 1\n}');
  expect(await texts(undefined)).toBeUndefined();
});

test("reply() says what is delivered of a result; one that throws fails the run", async () => {
  const { arrived, deliverer } = letterbox();
  const good = defineAgent({
    name: "good",
    run: () => [1, 2],
    reply: (found) => ({ text: `**${found.length}**`, format: "markdown" }),
  });
  const bad = defineAgent({
    name: "bad",
    run: () => 1,
    reply: () => {
      throw new Error("no");
    },
  });
  await using harness = createHarness({ agents: [good, bad], deliver: deliverer, logger: silent });
  await (
    await harness.submit(good, 0, { caller: "ada", destinations: here })
  ).result;
  const run = await harness.submit(bad, 0, { caller: "ada", destinations: here });
  await expect(run.result).rejects.toThrow("no");
  for (const { key } of (await harness.outbox?.list()) ?? []) await harness.outbox?.settled(key);
  expect(arrived.map(({ text }) => text)).toEqual([
    "**2**",
    'bad could not finish: Agent "bad" failed (HARNESS_AGENT_FAILED)',
  ]);
});

test("files of a child go out with its parent's reply", async () => {
  const { arrived, deliverer } = letterbox();
  const child = defineAgent({
    name: "child",
    run: (context) => context.attach({ name: "found.txt", data: "x" }).then(() => 1),
  });
  const main = defineAgent({ name: "main", run: (context) => context.dispatch(child, 0).then(() => "done") });
  await using harness = createHarness({ agents: [main, child], deliver: deliverer });
  const run = await harness.submit(main, 0, { caller: "ada", destinations: here });
  await run.result;
  await harness.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toMatchObject([{ text: "done", files: [["found.txt", "x"]] }]);
});

test("files of a child that failed do not go out", async () => {
  const { arrived, deliverer } = letterbox();
  const child = defineAgent({
    name: "child",
    run: async (context) => {
      await context.attach({ name: "half.txt", data: "x" });
      throw new Error("no");
    },
  });
  const main = defineAgent({
    name: "main",
    run: (context) =>
      context.dispatch(child, 0).then(
        () => "done",
        () => "alone",
      ),
  });
  await using harness = createHarness({ agents: [main, child], deliver: deliverer, logger: silent });
  const run = await harness.submit(main, 0, { caller: "ada", destinations: here });
  await run.result;
  await harness.outbox?.settled(`${run.id}/0/0`);
  expect(arrived).toMatchObject([{ text: "alone", files: [] }]);
});

test("a file that was refused is told of in the reply and as an event", async () => {
  const { arrived, deliverer } = letterbox();
  const { told, id } = await deliverOne(
    async (context) => {
      await context.attach({ name: "ok.txt", data: "x" });
      await context.attach({ name: "setup.exe", data: "MZ" }).catch(() => {});
      return "done";
    },
    { deliver: deliverer },
  );
  expect(arrived).toMatchObject([
    { text: "done\nNot attached: setup.exe (ATTACH_TYPE)", files: [["ok.txt", "x"]] },
  ]);
  const files = told.filter(({ type }) => type.startsWith("file-"));
  expect(files).toMatchObject([
    { type: "file-added", runId: id, name: "ok.txt", mediaType: "text/plain", size: 1 },
    { type: "file-rejected", runId: id, name: "setup.exe", code: "ATTACH_TYPE" },
  ]);
});

test("a run that fails says so at its destination, without internals and without its files", async () => {
  const { arrived, deliverer } = letterbox();
  await deliverOne(
    async (context) => {
      await context.attach({ name: "half.txt", data: "x" });
      throw new Error("password is hunter2");
    },
    { deliver: deliverer },
  );
  expect(arrived).toMatchObject([
    { text: 'main could not finish: Agent "main" failed (HARNESS_AGENT_FAILED)', files: [] },
  ]);
});

test("a run that is cancelled says so at its destination", async () => {
  const { arrived, deliverer } = letterbox();
  const main = defineAgent({
    name: "main",
    run: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  await using harness = createHarness({ agents: [main], deliver: deliverer });
  const run = await harness.submit(main, 0, { caller: "ada", destinations: here });
  await run.cancel(new Error("not for you"));
  await run.result.catch(() => {});
  await harness.outbox?.settled(`${run.id}/0/0`);
  expect(arrived.map(({ text }) => text)).toEqual(["main was cancelled."]);
});

test("a run that its lane does not take is told to who submitted it, and to nobody else", async () => {
  const main = defineAgent({ name: "main", run: () => 1 });
  await using harness = createHarness({
    agents: [main],
    lanes: { default: { maxConcurrent: 0, maxQueued: 0 } },
  });
  const submit = harness.submit(main, 0, { caller: "ada", destinations: here });
  await expect(submit).rejects.toMatchObject({ code: "LANE_FULL" });
  expect(await harness.outbox?.list()).toEqual([]);
});

test("a delivery that fails does not run the work again, and can be retried by hand", async () => {
  let works = false;
  let count = 0;
  const { arrived, deliverer } = letterbox(() => {
    if (!works) throw Object.assign(new Error("no such room"), { code: "DELIVER_UNKNOWN_ADDRESS" });
  });
  const main = defineAgent({ name: "main", run: () => `run ${(count += 1)}` });
  await using harness = createHarness({ agents: [main], deliver: deliverer, logger: silent });
  const run = await harness.submit(main, 0, { caller: "ada", destinations: here });
  expect(await run.result).toBe("run 1");
  const key = `${run.id}/0/0`;
  const ended = await harness.outbox?.settled(key);
  expect(["failed", "unknown"]).toContain(ended?.state);
  works = true;
  await harness.outbox?.retry(key);
  expect(await harness.outbox?.settled(key)).toMatchObject({ state: "delivered" });
  expect(arrived).toMatchObject([{ text: "run 1" }]);
});

test("discard as the deliverer is the same as none", async () => {
  const { entries } = await deliverOne(() => "done", { deliver: discard });
  expect(entries).toMatchObject([{ state: "discarded" }]);
});

test("a message that the host puts into the outbox itself is told as no run's", async () => {
  const told: HarnessEvent[] = [];
  const warnings: string[] = [];
  const logger = { warn: (_context: object, message: string) => void warnings.push(message) };
  const { arrived, deliverer } = letterbox();
  const harness = createHarness({
    agents: [],
    store: combinedStore(),
    deliver: deliverer,
    logger,
    onEvent: (event) => void told.push(event),
  });
  await harness.start();
  await harness.outbox?.enqueue(here, { key: "digest", text: "hello" });
  await harness.outbox?.settled("digest/0");
  await harness.close();
  expect(arrived.map(({ text }) => text)).toEqual(["hello"]);
  expect(told).toContainEqual(
    expect.objectContaining({ type: "delivery-ended", key: "digest/0", runId: "" }),
  );
  expect(warnings).toEqual([]);
});
