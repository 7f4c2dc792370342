import { expect, test } from "vitest";
import { agUi } from "../src/ag-ui.ts";
import { aiSdk } from "../src/ai-sdk.ts";
import { createProgress, events, from, lines, noop } from "../src/index.ts";
import { mcp } from "../src/mcp.ts";
import { terminal } from "../src/terminal.ts";
import { recorder } from "./recorder.ts";

const write = (): void => {};
const stream = { write };

const makers: readonly [string, string, (options: never) => unknown, object][] = [
  ["createProgress", "Cannot create progress", createProgress, {}],
  ["events", "Cannot read events", (options) => events(createProgress(), options), {}],
  ["lines", "Cannot create lines sink", lines, { stream }],
  ["terminal", "Cannot create terminal sink", terminal, { stream }],
  ["agUi", "Cannot create AG-UI sink", agUi, { threadId: "t", runId: "r", write }],
  ["aiSdk", "Cannot create AI SDK sink", aiSdk, { write }],
  ["mcp", "Cannot create MCP sink", mcp, { progressToken: 1, send: write }],
  ["child", "Cannot start child", (options) => createProgress().child("a", options), {}],
];

test.each(makers)("%s() refuses options that are none, and misspelt ones", (_, action, make, right) => {
  expect(() => make(null as never)).toThrow(
    new TypeError(`${action}: 'options' must be an object: received null`),
  );
  const misspelt = { ...right, msEvery: 5 } as never;
  expect(() => make(misspelt)).toThrow(TypeError);
  expect(() => make(misspelt)).toThrow(`${action}: 'options' has no 'msEvery', only `);
});

test.each(makers.filter(([name]) => ["createProgress", "terminal", "mcp"].includes(name)))(
  "%s() refuses a logger that could be told nothing",
  (_, action, make, right) => {
    expect(() => make({ ...right, logger: {} } as never)).toThrow(
      new TypeError(`${action}: 'logger' must have the function warn: received an object`),
    );
  },
);

test.each([
  ["kind", "phase", `'kind' must be "run" or "step": received "phase"`],
  ["total", "5", `'total' must be a finite number of at least 0: received "5"`],
])("child() refuses the '%s' %j, and step() does not run its work", async (name, value, text) => {
  const sink = recorder();
  const progress = createProgress({ sinks: [sink] });
  const options = { [name]: value } as never;
  expect(() => progress.child("a", options)).toThrow(`Cannot start child: ${text}`);
  await expect(progress.step("a", () => 1, options)).rejects.toThrow(`Cannot start child: ${text}`);
  progress.end();
  expect(sink.events.map(({ type }) => type)).toEqual(["start", "end"]);
});

test.each([undefined, null, 5])(
  "step() of a progress that tells nobody refuses %o for its work",
  async (work) => {
    for (const progress of [noop, from(undefined)]) {
      await expect(progress.step("a", work as never)).rejects.toThrow(
        new TypeError(`Cannot run step: 'work' must be a function: received ${work}`),
      );
    }
  },
);

test("phase() with null for its message is counted as dropped, and breaks nothing", () => {
  const sink = recorder();
  const progress = createProgress({ sinks: [sink] });
  progress.phase("reading", null as never);
  expect(progress.snapshot().phase).toBe(undefined);
  progress.end();
  expect(sink.events.at(-1)).toMatchObject({ type: "end", status: "done", dropped: 1 });
});

test("terminal() refuses a color that is neither true nor false: NO_COLOR itself is a text", () => {
  expect(() => terminal({ stream, color: "1" as never })).toThrow(
    new TypeError(`Cannot create terminal sink: 'color' must be true or false: received "1"`),
  );
});
