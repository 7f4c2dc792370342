import { expect, test } from "vitest";
import { openDesk } from "./desk.ts";

const slow = { timeout: 120_000 };

test("mend() mends each fault that has one remedy, and leaves the rest of the text", slow, async () => {
  const checks = openDesk();
  const before = [
    "export function f(a, b) {",
    "  debugger;",
    "  if (a === NaN) return 1;",
    '  if (typeof a === "strnig") return 2;',
    "  if (!a in b) return 3;",
    "  if (a === -0) return 4;",
    "  try { return a; } catch (e) {}",
    "}",
  ].join("\r\n");
  const [after] = await checks.mend([{ path: "a.js", text: before }]);
  expect(after?.split("\r\n")).toEqual([
    "export function f(a, b) {",
    "  ",
    "  if (isNaN(a)) return 1;",
    '  if (typeof a === "strnig") return 2;',
    "  if (!(a in b)) return 3;",
    "  if (a === -0) return 4;",
    "  try { return a; } catch (e) {}",
    "}",
  ]);
});

test("mend() mends Markdown", slow, async () => {
  const checks = openDesk();
  const [after] = await checks.mend([
    { path: "a.md", text: "# Title\n\n(x)[http://a.example]\n[y](#TITLE)\n" },
  ]);
  expect(after).toBe("# Title\n\n[x](http://a.example)\n[y](#title)\n");
});

test(
  "mend() gives a file back as it is if its language is not mended or it cannot be parsed",
  slow,
  async () => {
    const checks = openDesk();
    const files = [
      { path: "a.py", text: "debugger;\n" },
      { path: "a.vue", text: "<script>\ndebugger;\n</script>\n" },
      { path: "a.ts", text: "debugger; const = 3;\n" },
      { path: "a.min.js", text: "debugger;\n" },
    ];
    expect(await checks.mend(files)).toEqual(files.map(({ text }) => text));
  },
);

test("mend() is not steered by comments of the file", slow, async () => {
  const checks = openDesk();
  const [after] = await checks.mend([{ path: "a.ts", text: "// eslint-disable\ndebugger;\nexport {};\n" }]);
  expect(after).not.toContain("debugger");
});

test("mend() rejects with the signal's reason, and with CHECK_CLOSED after the end", slow, async () => {
  const checks = openDesk();
  const reason = new Error("stop");
  const files = [{ path: "a.ts", text: "debugger;\n" }];
  await expect(checks.mend(files, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await checks[Symbol.asyncDispose]();
  await expect(checks.mend(files)).rejects.toMatchObject({ code: "CHECK_CLOSED" });
});
