import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { blobId } from "../../src/patch/blob-id.ts";
import { openRepository } from "../../src/repository/open-repository.ts";
import type { Repository } from "../../src/repository/repository.ts";
import { makeFolder, makeRepository } from "../repository/sandbox.ts";
import { closeChecks, reviewFolder, slow } from "./patch-scene.ts";

afterAll(closeChecks);

const faulty = "export function f(a) {\n  debugger;\n  return a === NaN;\n}\n";
const mended = "export function f(a) {\n  return isNaN(a);\n}\n";

interface Prepared {
  readonly folder: string;
  readonly repository: Repository;
  readonly patch: string;
  /** What stands in each of the files. */
  readonly now: () => readonly string[];
}

async function prepare(files: Readonly<Record<string, string>>, opened = ""): Promise<Prepared> {
  const { folder, commit } = makeRepository();
  commit(files);
  const repository = await openRepository(join(folder, opened));
  const { patch } = await reviewFolder(folder);
  const names = Object.keys(files);
  const now = (): readonly string[] => names.map((name) => readFileSync(join(folder, name), "utf8"));
  return { folder, repository, patch: await patch(), now };
}

/** A patch of the form that is taken, for a file that the repository may not even have. */
function patchOf(path: string, text: string, names: Readonly<{ from?: string; to?: string }> = {}): string {
  const [from, to] = [names.from ?? `a/${path}`, names.to ?? `b/${path}`];
  const [before, after] = [blobId(Buffer.from(text)), blobId(Buffer.from(`x${text}`))];
  const line = text.split("\n")[0] ?? "";
  return `diff --git ${from} ${to}\nindex ${before}..${after}\n--- ${from}\n+++ ${to}\n@@ -1,1 +1,1 @@\n-${line}\n+x${line}\n`;
}

test("applyPatch() changes the files that the patch names, and gives their paths", slow, async () => {
  const files = {
    "a.js": faulty,
    "b/ü c.js": faulty.replaceAll("\n", "\r\n"),
    "d.js": faulty.slice(0, -1),
    "e.js": `\uFEFF${faulty}`,
  };
  const { folder, repository, patch, now } = await prepare(files);
  chmodSync(join(folder, "a.js"), 0o755);
  const { ino } = statSync(join(folder, "a.js"));
  expect(await applyPatch(repository, patch)).toEqual(["a.js", "b/ü c.js", "d.js", "e.js"]);
  expect(now()).toEqual([mended, mended.replaceAll("\n", "\r\n"), mended.slice(0, -1), `\uFEFF${mended}`]);
  expect(statSync(join(folder, "a.js"))).toMatchObject({ ino, mode: 0o100755 });
});

test("applyPatch() works in a folder that is no git repository", slow, async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, "a.js"), faulty);
  const { patch } = await reviewFolder(folder);
  expect(await applyPatch(await openRepository(folder), await patch())).toEqual(["a.js"]);
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe(mended);
});

test("applyPatch() of nothing changes nothing", slow, async () => {
  const { repository } = await prepare({ "a.js": faulty });
  expect(await applyPatch(repository, "")).toEqual([]);
});

test("applyPatch() refuses all of it when one file has changed since it was reviewed", slow, async () => {
  const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  writeFileSync(join(folder, "b.js"), `${faulty}// later\n`);
  await expect(applyPatch(repository, patch)).rejects.toMatchObject({
    code: "PATCH_CHANGED",
    message: 'Cannot apply the patch: "b.js" has changed since it was reviewed',
  });
  expect(now()).toEqual([faulty, `${faulty}// later\n`]);
});

test(
  "applyPatch() finishes what a killed process has begun, and a second time changes nothing",
  slow,
  async () => {
    const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
    writeFileSync(join(folder, "a.js"), mended);
    expect(await applyPatch(repository, patch)).toEqual(["a.js", "b.js"]);
    expect(now()).toEqual([mended, mended]);
    const onWrite = (path: string): never => expect.fail(path);
    expect(await applyPatch(repository, patch, { onWrite })).toEqual(["a.js", "b.js"]);
  },
);

test("applyPatch() does not put back what was there before it", slow, async () => {
  const { folder, repository, patch, now } = await prepare({
    "a.js": faulty,
    "b.js": faulty,
    "c.js": faulty,
  });
  writeFileSync(join(folder, "a.js"), mended);
  const onWrite = (path: string): void => {
    if (path === "c.js") writeFileSync(join(folder, "c.js"), "mine\n");
  };
  await expect(applyPatch(repository, patch, { onWrite })).rejects.toMatchObject({ code: "PATCH_CHANGED" });
  expect(now()).toEqual([mended, faulty, "mine\n"]);
});

test.each(["../x", "a/../../x", "/etc/x", ".git/config", "a/.GIT/hooks/x", "", "."])(
  "applyPatch() refuses a patch that names %j",
  slow,
  async (path) => {
    const { repository } = await prepare({ "a.js": faulty });
    await expect(applyPatch(repository, patchOf(path, "x\n"))).rejects.toMatchObject({
      code: "PATCH_REFUSED",
    });
  },
);

test("applyPatch() refuses a file outside that a patch leads to through its real content", slow, async () => {
  const { folder, repository, now } = await prepare({ "a.js": faulty });
  const outside = join(folder, "../outside.js");
  writeFileSync(outside, faulty);
  try {
    await expect(applyPatch(repository, patchOf("../outside.js", faulty))).rejects.toMatchObject({
      code: "PATCH_REFUSED",
      message: 'Cannot apply the patch: "../outside.js" leads elsewhere',
    });
    expect(readFileSync(outside, "utf8")).toBe(faulty);
  } finally {
    rmSync(outside);
  }
  expect(now()).toEqual([faulty]);
});

test.each([
  ["a renamed file", (patch: string) => patch.replaceAll("b/a.js", "b/b.js")],
  ["different names", (patch: string) => patch.replace("+++ b/a.js", "+++ b/b.js")],
  ["a new file", (patch: string) => patch.replace("index ", "new file mode 100644\nindex ")],
  ["a mode", (patch: string) => patch.replace("index ", "old mode 100644\nnew mode 100755\nindex ")],
  ["no ids", (patch: string) => patch.replace(/^index .*\n/m, "")],
  ["wrong counts", (patch: string) => patch.replace("-1,4 ", "-1,5 ")],
  ["a cut end", (patch: string) => patch.slice(0, -20)],
  ["one file twice", (patch: string) => patch + patch],
  ["something else", () => "hello\n"],
  ["another result than it says", (patch: string) => patch.replace("+  return", "+  retutn")],
  ["another place", (patch: string) => patch.replace("@@ -1,4 +1,3 @@", "@@ -2,4 +2,3 @@")],
])("applyPatch() refuses a patch with %s", slow, async (_, change) => {
  const { repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  const [first = ""] = patch.split(/(?=diff --git a\/b)/);
  const hostile = change(first);
  expect(hostile).not.toBe(first);
  await expect(applyPatch(repository, hostile)).rejects.toMatchObject({ code: "PATCH_MALFORMED" });
  expect(now()).toEqual([faulty, faulty]);
});

test(
  "applyPatch() refuses a patch that shows other lines than it replaces, whatever its ids say",
  slow,
  async () => {
    const { repository, now } = await prepare({ "a.js": faulty });
    const [, ...rest] = faulty.split("\n");
    const ids = [faulty, ["evil();", ...rest].join("\n")].map((text) => blobId(Buffer.from(text)));
    const shown = "@@ -1,1 +1,1 @@\n-harmless();\n+evil();\n";
    const hostile = `diff --git a/a.js b/a.js\nindex ${ids.join("..")}\n--- a/a.js\n+++ b/a.js\n${shown}`;
    await expect(applyPatch(repository, hostile)).rejects.toMatchObject({
      code: "PATCH_MALFORMED",
      message: 'Cannot apply the patch: its changes do not fit "a.js"',
    });
    expect(now()).toEqual([faulty]);
  },
);

test("applyPatch() writes through no link", slow, async () => {
  const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b/c.js": faulty });
  const outside = makeFolder();
  writeFileSync(join(outside, "c.js"), faulty);
  rmSync(join(folder, "b"), { recursive: true });
  symlinkSync(outside, join(folder, "b"));
  await expect(applyPatch(repository, patch)).rejects.toMatchObject({ code: "PATCH_REFUSED" });
  expect(now()).toEqual([faulty, faulty]);
  unlinkSync(join(folder, "b"));
  mkdirSync(join(folder, "b"));
  symlinkSync(join(outside, "c.js"), join(folder, "b/c.js"));
  await expect(applyPatch(repository, patch)).rejects.toMatchObject({ code: "PATCH_REFUSED" });
  expect(readFileSync(join(outside, "c.js"), "utf8")).toBe(faulty);
});

test("applyPatch() refuses a file that has a second name", slow, async () => {
  const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  const outside = join(makeFolder(), "second.js");
  linkSync(join(folder, "b.js"), outside);
  await expect(applyPatch(repository, patch)).rejects.toMatchObject({ code: "PATCH_REFUSED" });
  expect([...now(), readFileSync(outside, "utf8")]).toEqual([faulty, faulty, faulty]);
});

test("applyPatch() writes nothing beside the folder that was opened", slow, async () => {
  const { repository, patch, now } = await prepare({ "a/x.js": faulty, "b/x.js": faulty }, "a");
  await expect(applyPatch(repository, patch)).rejects.toMatchObject({ code: "PATCH_REFUSED" });
  expect(now()).toEqual([faulty, faulty]);
});

test("applyPatch() puts all back when a file becomes a link half-way", slow, async () => {
  const { folder, repository, patch, now } = await prepare({
    "a.js": faulty,
    "b.js": faulty,
    "c.js": faulty,
  });
  const outside = join(makeFolder(), "x.js");
  writeFileSync(outside, faulty);
  const onWrite = (path: string): void => {
    if (path !== "c.js") return;
    expect(now()).toEqual([mended, mended, faulty]);
    unlinkSync(join(folder, "c.js"));
    symlinkSync(outside, join(folder, "c.js"));
  };
  await expect(applyPatch(repository, patch, { onWrite })).rejects.toMatchObject({ code: "PATCH_REFUSED" });
  expect(now()).toEqual([faulty, faulty, faulty]);
});

test("applyPatch() puts all back when a file changes half-way, and keeps that change", slow, async () => {
  const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  const onWrite = (path: string): void => {
    if (path === "b.js") writeFileSync(join(folder, "b.js"), "mine\n");
  };
  await expect(applyPatch(repository, patch, { onWrite })).rejects.toMatchObject({ code: "PATCH_CHANGED" });
  expect(now()).toEqual([faulty, "mine\n"]);
});

// The shell's limit of a file's size stands for a disk that is full.
test.skipIf(process.platform === "win32")(
  "applyPatch() puts all back when a file cannot be written to its end",
  slow,
  async () => {
    const grows = "export const f = (a, b) => !a in b;\n";
    const full = `${"//".padEnd(1024 - grows.length - 1, ".")}\n${grows}`;
    const { folder, patch, now } = await prepare({ "a.js": faulty, "b.js": full });
    const sources = pathToFileURL(join(import.meta.dirname, "../../src/")).href;
    const code = `
      import { readFileSync } from "node:fs";
      import { applyPatch } from "${sources}patch/apply-patch.ts";
      import { openRepository } from "${sources}repository/open-repository.ts";
      const repository = await openRepository(process.argv[1]);
      await applyPatch(repository, readFileSync(0, "utf8")).catch(({ code }) => process.stdout.write(code));
    `;
    const node = [process.execPath, "--conditions=@executus/source", "--input-type=module", "--eval", code];
    const command = ["-c", 'ulimit -f 1; exec "$@"', "sh", ...node];
    const said = execFileSync("bash", [...command, folder], { input: patch, encoding: "utf8" });
    expect(said).toBe("PATCH_FAILED");
    expect(now()).toEqual([faulty, full]);
  },
);

test("applyPatch() says which file it could not put back", slow, async () => {
  const { folder, repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  const onWrite = (path: string): void => {
    if (path !== "b.js") return;
    writeFileSync(join(folder, "a.js"), "somebody's\n");
    renameSync(join(folder, "b.js"), join(folder, "c.js"));
    mkdirSync(join(folder, "b.js"));
  };
  await expect(applyPatch(repository, patch, { onWrite })).rejects.toMatchObject({
    code: "PATCH_TORN",
    message: 'The patch is half applied: "a.js" could not be put back',
  });
  expect(readFileSync(join(folder, "a.js"), "utf8")).toBe("somebody's\n");
  expect(() => now()).toThrow("EISDIR");
});

test("applyPatch() twice at once writes each file once", slow, async () => {
  const { repository, patch, now } = await prepare({ "a.js": faulty, "b.js": faulty });
  const written: string[] = [];
  const onWrite = (path: string): unknown => written.push(path);
  await Promise.all([applyPatch(repository, patch, { onWrite }), applyPatch(repository, patch, { onWrite })]);
  expect(written).toEqual(["a.js", "b.js"]);
  expect(now()).toEqual([mended, mended]);
});

test("applyPatch() rejects with the signal's reason before it writes", slow, async () => {
  const { repository, patch, now } = await prepare({ "a.js": faulty });
  const reason = new Error("stop");
  await expect(applyPatch(repository, patch, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(now()).toEqual([faulty]);
});

test("applyPatch() writes nothing once it was stopped while it looked", slow, async () => {
  const { repository, patch, now } = await prepare({ "a.js": faulty });
  const controller = new AbortController();
  const reason = new Error("stop");
  const stopping: typeof repository = {
    ...repository,
    read: async (path) => {
      controller.abort(reason);
      return await repository.read(path);
    },
  };
  await expect(applyPatch(stopping, patch, { signal: controller.signal })).rejects.toBe(reason);
  expect(now()).toEqual([faulty]);
});

test("applyPatch() goes on when who watches throws", slow, async () => {
  const { repository, patch, now } = await prepare({ "a.js": faulty });
  const onWrite = (): never => {
    throw new Error("no");
  };
  await applyPatch(repository, patch, { onWrite });
  expect(now()).toEqual([mended]);
});
