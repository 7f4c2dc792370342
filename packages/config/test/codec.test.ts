import { expect, test } from "vitest";
import { z } from "zod";
import { codec, type StandardSchema } from "../src/index.ts";

async function read(schema: StandardSchema, value: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  return result.issues ? result.issues.map(({ message }) => message).join("; ") : result.value;
}

test("durationIn() takes a number without a unit in its unit, and units all the same", async () => {
  expect(await read(codec.durationIn("s"), "10")).toBe(10_000);
  expect(await read(codec.durationIn("s"), 1.5)).toBe(1_500);
  expect(await read(codec.durationIn("s"), "2m")).toBe(120_000);
  expect(await read(codec.durationIn("s"), "2x")).toBe("it must be a time, in s or with a unit");
});

test("duration refuses a number without a unit", async () => {
  const expected = "it must be a time with a unit, such as 250ms, 1.5s, 10m, 2h or 7d";
  expect(await read(codec.duration, "10")).toBe(expected);
  expect(await read(codec.duration, 10)).toBe(expected);
});

test("oneOf() takes its words and no others", async () => {
  const level = codec.oneOf("debug", "info");
  expect(await read(level, "info")).toBe("info");
  expect(await read(level, "INFO")).toBe("it must be one of debug, info");
});

test.each(["https://x.test/a?b", "postgres://u:p@h/d"])("url takes %s as it is written", async (value) => {
  expect(await read(codec.url, value)).toBe(value);
});

test.each(["x.test", "", "/a", 1, null])("url refuses %j", async (value) => {
  expect(await read(codec.url, value)).toBe("it must be an absolute address");
});

test("json() parses text, takes the values of a file as they are, and asks its schema", async () => {
  expect(await read(codec.json(), '{"a":[1]}')).toEqual({ a: [1] });
  expect(await read(codec.json(), { a: [1] })).toEqual({ a: [1] });
  expect(await read(codec.json(z.object({ a: z.number() })), '{"a":1,"b":2}')).toEqual({ a: 1 });
  expect(await read(codec.json(z.object({ a: z.number() })), '{"a":"1"}')).toContain("expected number");
});

test("json() takes the text null for a value", async () => {
  expect(await read(codec.json(), "null")).toBeNull();
});

test.each(["{", "", '{"a":{"__proto__":{"x":1}}}', '[{"constructor":1}]'])(
  "json() refuses %s without quoting it",
  async (value) => {
    expect(await read(codec.json(), value)).toBe("it must be JSON without reserved names");
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);
