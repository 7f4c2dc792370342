import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { codec, type Config, createConfig, type ReloadResult, type Setting } from "../src/index.ts";
import { fileSource, type FileOptions } from "../src/file.ts";
import { runNode } from "./run-node.ts";
import { temporaryFolder } from "./temporary-folder.ts";

type Shape = { readonly a: Setting<number>; readonly b: Setting<number> };

interface Watched {
  readonly config: Config<Shape>;
  /** All results so far. */
  readonly results: readonly ReloadResult[];
  /** Resolves when the config has this value for `a`, with it. */
  reaches(a: number): Promise<number>;
}

/** A config that follows the file. Without events it is looked at often, with events never. */
async function follow(path: string, how: "events" | "polling", options: FileOptions = {}): Promise<Watched> {
  const pollMs = how === "events" ? Number.POSITIVE_INFINITY : 10;
  const shape = { a: { schema: codec.int }, b: { schema: codec.int, default: 0 } };
  const config = await createConfig(shape, {
    sources: [fileSource(path, { pollMs, settleMs: 20, ...options })],
  });
  onTestFinished(() => config.close());
  const results: ReloadResult[] = [];
  config.onReload((result) => void results.push(result));
  const reaches = (a: number): Promise<number> =>
    new Promise((resolve) => {
      const live = config.live("a");
      const check = (): void => {
        if (live() === a) resolve(a);
      };
      live.subscribe(check);
      check();
    });
  return { config, results, reaches };
}

function jsonOf(a: number): string {
  return JSON.stringify({ a, b: a, filler: "x".repeat(10_000) });
}

function newFile(a = 1): string {
  const path = join(temporaryFolder(), "shop.json");
  writeFileSync(path, jsonOf(a));
  return path;
}

test.each(["events", "polling"] as const)(
  "a file that is written in place is followed by %s",
  async (how) => {
    const path = newFile();
    const watched = await follow(path, how);
    writeFileSync(path, jsonOf(2));
    await expect(watched.reaches(2)).resolves.toBe(2);
    expect(watched.config.values).toEqual({ a: 2, b: 2 });
  },
);

test.each(["events", "polling"] as const)(
  "a file that is renamed over is followed by %s, time and again",
  async (how) => {
    const path = newFile();
    const watched = await follow(path, how);
    for (const a of [2, 3, 4]) {
      writeFileSync(`${path}.tmp`, jsonOf(a));
      renameSync(`${path}.tmp`, path);
      await expect(watched.reaches(a)).resolves.toBe(a);
    }
  },
);

test.each(["events", "polling"] as const)(
  "a file that is moved away and written anew is followed by %s",
  async (how) => {
    const path = newFile();
    const watched = await follow(path, how);
    for (const a of [2, 3]) {
      renameSync(path, `${path}~`);
      writeFileSync(path, jsonOf(a));
      await expect(watched.reaches(a)).resolves.toBe(a);
    }
  },
);

test.each(["events", "polling"] as const)(
  "a file that is truncated and then written in parts is followed by %s, and never half",
  async (how) => {
    const path = newFile();
    // Takes whatever has been written so far, as parsers of line by line formats do.
    const parse = (text: string): unknown =>
      Object.fromEntries(text.split("\n").map((line) => line.split("=")));
    writeFileSync(path, "a=1\nb=1");
    const watched = await follow(path, how, { parse, settleMs: 250 });
    const seen: unknown[] = [];
    watched.config.onReload(() => void seen.push({ ...watched.config.values }));
    truncateSync(path);
    const file = openSync(path, "w");
    for (const part of ["a=", "2", "\nb", "=2", "2"]) {
      writeSync(file, part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    closeSync(file);
    await expect(watched.reaches(2)).resolves.toBe(2);
    expect(new Set(seen.map((values) => JSON.stringify(values)))).toEqual(new Set(['{"a":2,"b":22}']));
  },
);

test.each(["events", "polling"] as const)(
  "a file that stays broken keeps the last values and is followed by %s until it is mended",
  async (how) => {
    const path = newFile();
    const watched = await follow(path, how);
    writeFileSync(path, '{ "a": 2, ');
    await vi.waitFor(() => expect(watched.results.length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(watched.results[0]).toMatchObject({
      ok: false,
      issues: [{ code: "CONFIG_SOURCE", origin: path }],
    });
    expect(watched.config.values).toEqual({ a: 1, b: 1 });
    writeFileSync(path, jsonOf(3));
    await expect(watched.reaches(3)).resolves.toBe(3);
  },
);

test.each(["events", "polling"] as const)(
  "a file that is removed keeps the last values and is followed by %s when it is back",
  async (how) => {
    const path = newFile();
    const watched = await follow(path, how);
    unlinkSync(path);
    await vi.waitFor(() => expect(watched.results.length).toBeGreaterThan(0), { timeout: 10_000 });
    expect(watched.results[0]).toMatchObject({ ok: false });
    expect(watched.config.get("a")).toBe(1);
    writeFileSync(path, jsonOf(2));
    await expect(watched.reaches(2)).resolves.toBe(2);
  },
);

test("an optional file that comes into being is followed", async () => {
  const path = join(temporaryFolder(), "shop.json");
  const config = await createConfig(
    { a: { schema: codec.int, default: 1 } },
    { sources: [fileSource(path, { optional: true, pollMs: Infinity, settleMs: 0 })] },
  );
  onTestFinished(() => config.close());
  const changed = new Promise<void>((resolve) => void config.live("a").subscribe(resolve));
  writeFileSync(path, jsonOf(2));
  await changed;
  expect(config.get("a")).toBe(2);
});

test.skipIf(process.platform === "win32").each(["events", "polling"] as const)(
  "the links of a Kubernetes volume are followed by %s when they are swapped, time and again",
  async (how) => {
    const volume = temporaryFolder();
    const release = (name: string, a: number): void => {
      mkdirSync(join(volume, name));
      writeFileSync(join(volume, name, "shop.json"), jsonOf(a));
      symlinkSync(name, join(volume, "..data_tmp"));
      renameSync(join(volume, "..data_tmp"), join(volume, "..data"));
    };
    release("..2026_1", 1);
    symlinkSync("..data/shop.json", join(volume, "shop.json"));
    const watched = await follow(join(volume, "shop.json"), how);
    for (const a of [2, 3, 4]) {
      release(`..2026_${a}`, a);
      rmSync(join(volume, `..2026_${a - 1}`), { recursive: true });
      await expect(watched.reaches(a)).resolves.toBe(a);
    }
    expect(watched.results.every(({ ok }) => ok)).toBe(true);
  },
);

test.skipIf(process.platform === "win32")(
  "a change behind a link to another folder is found by polling",
  async () => {
    const target = newFile();
    const path = join(temporaryFolder(), "link.json");
    symlinkSync(target, path);
    const watched = await follow(path, "polling");
    writeFileSync(target, jsonOf(2));
    await expect(watched.reaches(2)).resolves.toBe(2);
  },
);

test("a folder that is replaced is watched again once polling has found the change", async () => {
  const parent = temporaryFolder();
  const folder = join(parent, "config");
  const path = join(folder, "shop.json");
  mkdirSync(folder);
  writeFileSync(path, jsonOf(1));
  const watched = await follow(path, "polling");
  for (const a of [2, 3]) {
    renameSync(folder, join(parent, `old-${a}`));
    mkdirSync(folder);
    writeFileSync(path, jsonOf(a));
    await expect(watched.reaches(a)).resolves.toBe(a);
  }
});

test("a file that is touched but not changed reloads nothing", async () => {
  const path = newFile();
  const watched = await follow(path, "polling");
  writeFileSync(path, jsonOf(1));
  writeFileSync(`${path}.other`, "");
  writeFileSync(path, jsonOf(2));
  await expect(watched.reaches(2)).resolves.toBe(2);
  expect(watched.results.map(({ changed }) => changed)).toEqual([["a", "b"]]);
});

test("subscribe() tells of a change between the load and itself", async () => {
  const path = newFile();
  const source = fileSource(path, { pollMs: Number.POSITIVE_INFINITY, settleMs: 0 });
  await source.load();
  writeFileSync(path, jsonOf(2));
  const told = Promise.withResolvers<void>();
  const stop = source.subscribe(told.resolve);
  await expect(told.promise).resolves.toBeUndefined();
  stop();
});

test("a listener of a file that throws is reported, and called again", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const path = newFile();
  const source = fileSource(path, { pollMs: 10, settleMs: 0 });
  await source.load();
  let calls = 0;
  const stop = source.subscribe(() => {
    calls += 1;
    throw new Error("no");
  });
  for (const a of [2, 3]) {
    // In one step: a look between the two of a write, emptying and filling, would be one call more.
    writeFileSync(`${path}.tmp`, jsonOf(a));
    renameSync(`${path}.tmp`, path);
    await vi.waitFor(() => expect(calls).toBe(a - 1), { timeout: 10_000 });
  }
  stop();
  expect(warn).toHaveBeenCalledWith(`A listener to the settings file ${JSON.stringify(path)} failed: no`);
  warn.mockRestore();
});

test("a config that follows a file keeps no process alive", async () => {
  const path = newFile();
  const code = `
    import { codec, createConfig } from "@executus/config";
    import { fileSource } from "@executus/config/file";
    const config = await createConfig({ a: { schema: codec.int } }, { sources: [fileSource(${JSON.stringify(path)})] });
    console.log(config.get("a"));
  `;
  expect(await runNode(code)).toEqual({ code: 0, output: "1\n" });
});
