import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { createHarness, defineAgent, type Tracer } from "../src/index.ts";

interface Span {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly events: readonly string[];
  readonly id: string;
  readonly parent?: string;
}

let requested: string;
let spans: readonly Span[];

// In a process of its own, since the test runner would load OpenTelemetry's build for bundlers.
beforeAll(async () => {
  const script = join(import.meta.dirname, "fixtures", "traced-runs.ts");
  const node = ["--conditions=@executus/source", "--no-warnings", script];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  ({ requested, spans } = JSON.parse(stdout) as { requested: string; spans: Span[] });
});

const named = (name: string): Span[] => spans.filter((span) => span.name === name);

test("each run is a span of OpenTelemetry by the GenAI conventions, below the span of its parent, through the queue", () => {
  const [request] = named("request");
  const [root] = named("invoke_agent main");
  const children = named("invoke_agent leaf").filter(({ parent }) => parent !== undefined);
  expect(root).toMatchObject({
    parent: request?.id,
    status: 0,
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.agent.name": "main",
      "gen_ai.provider.name": "executus",
      "executus.run.id": requested,
      "executus.run.root_id": requested,
      "executus.lane": "default",
    },
  });
  expect(children.map(({ parent }) => parent)).toEqual([root?.id, root?.id]);
  expect(children.map(({ attributes }) => attributes["executus.run.root_id"])).toEqual([
    requested,
    requested,
  ]);
});

test("spans that an agent makes are below its run's", () => {
  expect(named("chat small").map(({ parent }) => parent)).toEqual(
    named("invoke_agent leaf").map(({ id }) => id),
  );
});

test("a run that fails ends its span with the error", () => {
  expect(named("invoke_agent broken")).toMatchObject([
    { status: 2, attributes: { "error.type": "AI_REFUSED" }, events: ["exception"] },
  ]);
});

test("a run whose result does not fit ends its span with that", () => {
  expect(named("invoke_agent misfit")).toMatchObject([
    { status: 2, attributes: { "error.type": "HARNESS_OUTPUT" }, events: ["exception"] },
  ]);
});

test("what is thrown and is no error is _OTHER for a span", async () => {
  const told: unknown[] = [];
  const span = {
    setAttribute: (...given: unknown[]) => told.push(given),
    recordException: () => {},
    setStatus: () => {},
    end: () => {},
  };
  const tracer: Tracer = { startActiveSpan: (_name, _options, code) => code(span) };
  const agent = defineAgent({ name: "a", run: () => AbortSignal.abort("no").throwIfAborted() });
  await using harness = createHarness({ agents: [agent], tracer, logger: { warn: () => {} } });
  await expect((await harness.submit(agent, 0, { caller: "ada" })).result).rejects.toBe("no");
  expect(told).toEqual([["error.type", "_OTHER"]]);
});

test("a run that is cancelled ends its span", () => {
  expect(named("invoke_agent slow")).toMatchObject([{ attributes: { "error.type": "HARNESS_CANCELLED" } }]);
});

test("a run that another one's end lets start is no part of that one's trace", () => {
  const roots = named("invoke_agent leaf").filter(({ parent }) => parent === undefined);
  expect(roots).toHaveLength(2);
});

test("a span that throws breaks nothing", async () => {
  const fail = (): never => {
    throw new Error("the exporter is gone");
  };
  const span = { setAttribute: fail, recordException: fail, setStatus: fail, end: fail };
  const tracer: Tracer = { startActiveSpan: (_name, _options, code) => code(span) };
  const agent = defineAgent({ name: "a", run: () => 1 });
  const broken = defineAgent({ name: "b", run: () => Promise.reject(new Error("no")) });
  const logger = { warn: (): void => {} };
  await using harness = createHarness({ agents: [agent, broken], tracer, logger });
  expect(await (await harness.submit(agent, 1, { caller: "ada" })).result).toBe(1);
  await expect((await harness.submit(broken, 1, { caller: "ada" })).result).rejects.toThrow("no");
});

test("a tracer that throws breaks nothing, and no code runs twice", async () => {
  const span = { setAttribute: () => {}, recordException: () => {}, setStatus: () => {}, end: () => {} };
  const fails: Tracer["startActiveSpan"][] = [
    () => {
      throw new Error("no tracer");
    },
    (_name, _options, code) => {
      code(span);
      throw new Error("no context");
    },
  ];
  for (const startActiveSpan of fails) {
    let starts = 0;
    const agent = defineAgent({ name: "a", run: () => (starts += 1) });
    await using harness = createHarness({ agents: [agent], tracer: { startActiveSpan } });
    expect(await (await harness.submit(agent, 1, { caller: "ada" })).result).toBe(1);
  }
});
