import { inspect } from "node:util";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { codec, createConfig, type Shape, type StandardSchema } from "../src/index.ts";
import { propertyRuns } from "./internal/property-runs.ts";
import { settableSource } from "./settable-source.ts";

const secret = "sk-live-51Hxyz/+?&é ß";

/** Every way in which something is turned into text. */
function everyText(value: unknown): string {
  return [
    String(value),
    `${value as string}`,
    JSON.stringify(value),
    JSON.stringify({ value }),
    inspect(value),
    inspect({ nested: [value] }, { showHidden: true, depth: null, customInspect: true }),
    inspect(value, { showHidden: true, depth: null, customInspect: false }),
    value instanceof Error ? `${value.message}\n${value.stack}\n${inspect(value.cause)}` : "",
  ].join("\n");
}

const accepting: readonly (readonly [vendor: string, schema: StandardSchema])[] = [
  ["codec", codec.string],
  ["zod", z.string()],
  ["valibot", v.string()],
  ["arktype", type("string")],
];

test.each(accepting)("a secret that %s accepts is shown nowhere but by reveal()", async (_vendor, schema) => {
  const shape = { apiKey: { schema, secret: true as const }, port: { schema: codec.int, default: 1 } };
  const config = await createConfig(shape, { sources: [new Map([["apiKey", secret]])] });
  const carrier = config.get("apiKey");
  expect(carrier.reveal()).toBe(secret);
  const shown = [
    carrier,
    config,
    config.values,
    config.explain(),
    config.live("apiKey"),
    config.live("apiKey")(),
  ];
  expect(shown.map(everyText).join("\n")).not.toContain("sk-live");
  expect([String(carrier), JSON.stringify(carrier), inspect(carrier)]).toEqual([
    "[secret]",
    '"[secret]"',
    "[secret]",
  ]);
  expect(config.explain()[0]).toMatchObject({ key: "apiKey", value: "[secret]" });
});

const refusing: readonly (readonly [vendor: string, schema: StandardSchema])[] = [
  ["codec.int", codec.int],
  ["codec.oneOf", codec.oneOf("a", "b")],
  ["zod number", z.number()],
  ["zod literal", z.literal("sk-test")],
  ["zod custom message", z.string().refine(() => false, { error: ({ input }) => `not ${String(input)}` })],
  ["valibot number", v.number()],
  ["valibot picklist", v.picklist(["a", "b"])],
  ["valibot regex", v.pipe(v.string(), v.regex(/^pk-/))],
  ["arktype number", type("number")],
  ["arktype literal", type("'a' | 'b'")],
  ["arktype length", type("string < 4")],
];

test.each(refusing)(
  "a secret that %s refuses is in no error, issue, stack or cause",
  async (_vendor, schema) => {
    const shape = { apiKey: { schema, secret: true }, other: { schema: codec.int } };
    const sources = [
      new Map([
        ["apiKey", secret],
        ["other", "x"],
      ]),
    ];
    const error: unknown = await createConfig(shape, { sources }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONFIG_INVALID", issues: [{ key: "apiKey" }, { key: "other" }] });
    expect(everyText(error)).not.toContain("sk-live");
    expect(everyText(error)).not.toContain("51Hxyz");
  },
);

test("a secret with a refused part is in no error: a message may quote what it is part of", async () => {
  const value = { user: "bob", token: "hunter22222222", [secret]: 1 };
  for (const schema of [
    z.strictObject({ user: z.string(), token: z.string() }),
    v.strictObject({ user: v.number(), token: v.number() }),
    type({ user: "number", token: "number", "+": "reject" }),
  ]) {
    const shape: Shape = { login: { schema, secret: true } };
    const error: unknown = await createConfig(shape, { sources: [new Map([["login", value]])] }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "CONFIG_INVALID", key: "login" });
    expect(everyText(error)).not.toMatch(/sk-live|hunter|bob/);
  }
});

test("another setting's refusal does not show a secret that stands in its value", async () => {
  const url = `postgres://app:${secret}@db/x`;
  for (const schema of [v.picklist(["a"]), type("'a'"), v.pipe(v.string(), v.length(2))]) {
    const shape: Shape = { password: { schema: codec.string, secret: true }, url: { schema } };
    const sources = [
      new Map([
        ["password", secret],
        ["url", url],
      ]),
    ];
    const error: unknown = await createConfig(shape, { sources }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONFIG_INVALID", key: "url" });
    expect(everyText(error)).not.toContain("sk-live");
  }
});

test("the message of a schema is cut to 200 characters and steers no terminal", async () => {
  const value = `\u001b[2J\u202E${"x".repeat(1_000)}`;
  const error: unknown = await createConfig(
    { a: { schema: v.picklist(["a"]) } },
    { sources: [new Map([["a", value]])] },
  ).catch((reason: unknown) => reason);
  const prefix = 'Cannot use setting "a" from unnamed (a): ';
  const { message } = error as Error;
  expect(message.slice(0, prefix.length)).toBe(prefix);
  expect(message.length).toBe(prefix.length + 200);
  expect(message).not.toContain("\u001b");
  expect(message).not.toContain("\u202E");
});

test("a secret is taken out of a message before that is cut", async () => {
  const shape: Shape = {
    password: { schema: codec.string, secret: true },
    url: { schema: v.picklist(["a"]) },
  };
  for (let before = 100; before < 200; before += 1) {
    const sources = [
      new Map([
        ["password", secret],
        ["url", "x".repeat(before) + secret],
      ]),
    ];
    const error: unknown = await createConfig(shape, { sources }).catch((reason: unknown) => reason);
    expect((error as Error).message).not.toContain("sk-live");
  }
});

test("a reload that fails shows no secret, neither the new one nor the old", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const source = settableSource({ password: secret, url: "a" });
  const shape: Shape = {
    password: { schema: codec.string, secret: true },
    url: { schema: v.picklist(["a"]) },
  };
  const config = await createConfig(shape, { sources: [source] });
  source.set({ password: "new-password-1", url: `${secret} new-password-1` });
  const result = await config.reload();
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1));
  expect(result).toMatchObject({ ok: false, issues: [{ key: "url" }] });
  expect(everyText(result) + everyText(warn.mock.calls)).not.toMatch(/sk-live|new-password/);
  warn.mockRestore();
});

test("explain() shows no secret that stands in another setting", async () => {
  const shape = {
    password: { schema: codec.string, secret: true },
    url: { schema: codec.string },
    missing: { schema: codec.string, secret: true, optional: true },
  };
  const sources = [
    new Map([
      ["password", secret],
      ["url", `x ${secret} y`],
    ]),
  ];
  const config = await createConfig(shape, { sources });
  expect(config.explain().map(({ value }) => value)).toEqual(["[secret]", '"x [secret] y"', ""]);
});

test("a default is as secret as a value", async () => {
  const shape = { apiKey: { schema: codec.string, secret: true as const, default: secret } };
  const config = await createConfig(shape, { sources: [] });
  expect(config.get("apiKey").reveal()).toBe(secret);
  expect(config.explain()).toEqual([{ key: "apiKey", value: "[secret]", origin: "default" }]);
  expect(config.redact(secret)).toBe("[secret]");
});

test("redact() replaces a secret as it is, in JSON, addresses, forms and base64", async () => {
  const config = await createConfig(
    { apiKey: { schema: codec.string, secret: true } },
    { sources: [new Map([["apiKey", `${secret}"\n`]])] },
  );
  const text = `${secret}"\n`;
  expect(config.redact(`key=${text}!`)).toBe("key=[secret]!");
  expect(config.redact(JSON.stringify({ text }))).toBe('{"text":"[secret]"}');
  expect(config.redact(`?q=${encodeURIComponent(text)}&x`)).toBe("?q=[secret]&x");
  expect(config.redact(new URLSearchParams({ q: text }).toString())).toBe("q=[secret]");
  expect(config.redact("nothing to hide")).toBe("nothing to hide");
});

test("redact() knows a secret as it was given though the schema makes something else of it", async () => {
  const config = await createConfig(
    { apiKey: { schema: z.string().transform((text) => text.length), secret: true } },
    { sources: [new Map([["apiKey", secret]])] },
  );
  expect(config.redact(`key ${secret}`)).toBe("key [secret]");
});

test("redact() takes a secret that is no well-formed text", async () => {
  const config = await createConfig(
    { apiKey: { schema: codec.string, secret: true } },
    { sources: [new Map([["apiKey", "\ud800-broken-key"]])] },
  );
  expect(config.redact("key \ud800-broken-key")).toBe("key [secret]");
});

test("redact() leaves secrets of less than 8 characters, which stand in words by chance", async () => {
  const config = await createConfig(
    { pin: { schema: codec.string, secret: true } },
    { sources: [new Map([["pin", "1234567"]])] },
  );
  expect(config.redact("order 1234567")).toBe("order 1234567");
});

test("redact() knows the texts inside a secret, and the longest first", async () => {
  const value = { user: "user-name-1", keys: ["abcdefgh", "abcdefghijkl"], id: 1234567890 };
  const config = await createConfig(
    { login: { schema: codec.json(), secret: true } },
    { sources: [new Map([["login", value]])] },
  );
  expect(config.redact("user-name-1 abcdefghijkl abcdefgh 1234567890")).toBe(
    "[secret] [secret] [secret] [secret]",
  );
});

test("a secret that holds itself is an issue if a source has it, and known to redact() if a schema makes it", async () => {
  const cyclic: Record<string, unknown> = { token: "hunter22222222" };
  cyclic["self"] = [cyclic, { again: cyclic }];
  const schemaOf = (value: unknown): StandardSchema => ({
    "~standard": { version: 1, vendor: "test", validate: () => ({ value }) },
  });
  const refused = createConfig(
    { login: { schema: schemaOf(1), secret: true } },
    { sources: [new Map([["login", cyclic]])] },
  );
  await expect(refused).rejects.toMatchObject({ code: "CONFIG_INVALID", key: "login" });
  const config = await createConfig(
    { login: { schema: schemaOf(cyclic), secret: true } },
    { sources: [new Map([["login", "x"]])] },
  );
  expect(config.redact("hunter22222222")).toBe("[secret]");
});

test("redact() knows the secrets before a reload as well, and no older ones", async () => {
  const source = settableSource({ apiKey: "first-secret", port: 1 });
  const config = await createConfig(
    { apiKey: { schema: codec.string, secret: true }, port: { schema: codec.int } },
    { sources: [source] },
  );
  source.set({ apiKey: "second-secret" }, true);
  await config.reload();
  expect(config.redact("first-secret second-secret")).toBe("[secret] [secret]");
  source.set({ port: 2 }, true);
  await config.reload();
  expect(config.redact("first-secret second-secret")).toBe("[secret] [secret]");
  source.set({ apiKey: "third-secret" }, true);
  await config.reload();
  expect(config.redact("first-secret second-secret third-secret")).toBe("first-secret [secret] [secret]");
});

test("redact() knows the running secret that waits for a restart, and the one that waits", async () => {
  const source = settableSource({ apiKey: "first-secret" });
  const config = await createConfig(
    { apiKey: { schema: codec.string, secret: true, reload: "restart" } },
    { sources: [source] },
  );
  for (const apiKey of ["second-secret", "third-secret", "fourth-secret"]) {
    source.set({ apiKey }, true);
    await config.reload();
  }
  expect(config.redact("first-secret third-secret fourth-secret")).toBe("[secret] [secret] [secret]");
});

test("redact() finds any secret wherever it begins in base64", () => {
  const text = fc.string({ unit: "binary", minLength: 8, maxLength: 40 });
  return fc.assert(
    fc.asyncProperty(text, fc.string(), fc.string(), async (value, before, after) => {
      const config = await createConfig(
        { apiKey: { schema: codec.string, secret: true } },
        { sources: [new Map([["apiKey", value]])] },
      );
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(before + value + after).toString(encoding);
        const left = Buffer.from(config.redact(encoded).replaceAll("[secret]", "~"), encoding);
        expect(config.redact(encoded)).toContain("[secret]");
        expect(left.includes(value)).toBe(false);
      }
      expect(config.redact(`<${value}>`)).not.toContain(`<${value}>`);
    }),
    propertyRuns("secrets in base64", 300, 20_000),
  );
});
