import { execPath } from "node:process";
import { open } from "node:fs/promises";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { AttachmentHubOptions, AttachmentPolicy, AttachInput } from "../src/index.ts";
import { sniffMediaType } from "../src/index.ts";
import { openBag, settled, textOf, watchedStore } from "./bag-scene.ts";

/** Bytes from a string of which each character is one. */
function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const png = raw("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
const program = raw("MZ\x90\0\x03\0\0\0");

async function add(input: AttachInput, options: AttachmentHubOptions = { policy: { allow: () => true } }) {
  const bag = openBag(options);
  return bag.add(input);
}

test.each([
  [png, "image/png"],
  [raw("\xff\xd8\xff\xe0\0\x10JFIF"), "image/jpeg"],
  [raw("GIF89a\x01\0"), "image/gif"],
  [raw("RIFF\x24\0\0\0WEBPVP8 "), "image/webp"],
  [raw("%PDF-1.7\n%\xe2"), "application/pdf"],
  [raw("PK\x03\x04\x14\0"), "application/zip"],
  [raw("\x1f\x8b\x08\0"), "application/gzip"],
  [program, "application/x-msdownload"],
  [raw("\x7fELF\x02\x01"), "application/x-elf"],
  [raw("\xcf\xfa\xed\xfe\x07\0"), "application/x-mach-binary"],
  [raw("<!DOCTYPE html>\n<p>"), "text/html"],
  [raw("\xef\xbb\xbf \r\n<!-- a --><!-- b -->\n<HTML lang=en>"), "text/html"],
  [raw("<script>alert(1)</script>"), "text/html"],
  [raw("\xff\xfe<\0h\0t\0m\0l\0>\0"), "text/html"],
  [raw('<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "y">\n<svg xmlns="x">'), "image/svg+xml"],
  [raw("<svg/>"), "image/svg+xml"],
  [raw("# Report\n\n<p>not a page</p>"), undefined],
  [raw("<htmlish>"), undefined],
  [raw("MZ is a name"), undefined],
  [raw("RIFF\x24\0\0\0WAVEfmt "), undefined],
  [raw(""), undefined],
])("sniffMediaType() of %j is %j", (head, mediaType) => {
  expect(sniffMediaType(head)).toBe(mediaType);
});

test("sniffMediaType() takes bytes of another realm", () => {
  expect(sniffMediaType(runInNewContext("new Uint8Array([71, 73, 70, 56, 57, 97])") as Uint8Array)).toBe(
    "image/gif",
  );
});

test("sniffMediaType() knows the program that runs this test", async () => {
  const file = await open(execPath);
  const { buffer, bytesRead } = await file.read(new Uint8Array(4_096), 0, 4_096, 0);
  await file.close();
  expect(sniffMediaType(buffer.subarray(0, bytesRead))).toMatch(
    /^application\/x-(elf|mach-binary|msdownload)$/,
  );
});

test("sniffMediaType() takes no longer for a head that was made to", () => {
  for (const part of ["<!--", "<!---->", "<!doctype svg>", "<?xml?>", " ", "<svg"]) {
    expect(sniffMediaType(raw(part.repeat(2_000)))).toBeUndefined();
  }
});

test.each<[string, AttachInput, object]>([
  [
    "PNG bytes said to be HTML are a PNG",
    { data: png, mediaType: "text/html" },
    { mediaType: "image/png", declaredType: "text/html", active: false },
  ],
  [
    "HTML said to be a PNG is a document",
    { data: "<html>", mediaType: "image/png" },
    { mediaType: "text/html", active: "document" },
  ],
  [
    "SVG said to be a PNG is a document",
    { data: "<svg/>", mediaType: "image/png" },
    { mediaType: "image/svg+xml", active: "document" },
  ],
  [
    "text said to be a PNG is text",
    { data: "hello", mediaType: "image/png" },
    { mediaType: "text/plain", active: false },
  ],
  [
    "text said to be an image that no sniffer knows is text",
    { data: "hello", mediaType: "image/x-none" },
    { mediaType: "text/plain" },
  ],
  [
    "bytes said to be a PNG, of no known kind",
    { data: new Uint8Array([0, 1, 2]), mediaType: "image/png" },
    { mediaType: "application/octet-stream" },
  ],
  [
    "bytes said to be an image that no sniffer knows",
    { data: new Uint8Array([0, 1]), mediaType: "image/avif" },
    { mediaType: "image/avif" },
  ],
  [
    "bytes that nobody knows are what they are said to be",
    { data: new Uint8Array([0, 1]), mediaType: "font/woff2" },
    { mediaType: "font/woff2" },
  ],
  [
    "text keeps its finer type",
    { data: "a,b", mediaType: "text/csv" },
    { mediaType: "text/csv", active: false },
  ],
  [
    "Markdown that begins as HTML keeps its type, and is a document",
    { data: "<html>", mediaType: "text/markdown" },
    { mediaType: "text/markdown", active: "document" },
  ],
  [
    "a document of an office is an archive",
    { data: raw("PK\x03\x04"), mediaType: "application/vnd.oasis.opendocument.text" },
    { mediaType: "application/vnd.oasis.opendocument.text" },
  ],
  [
    "an archive said to be an image is an archive",
    { data: raw("PK\x03\x04"), mediaType: "image/jpeg" },
    { mediaType: "application/zip" },
  ],
  [
    "another name of a type",
    { data: raw("\xff\xd8\xff"), mediaType: "image/jpg" },
    { mediaType: "image/jpeg" },
  ],
  [
    "a type that says nothing",
    { data: png, mediaType: "application/octet-stream" },
    { mediaType: "image/png" },
  ],
  [
    "case, space and parameters",
    { data: "a", mediaType: " Text/Markdown ; charset=utf-8" },
    { mediaType: "text/markdown", declaredType: "text/markdown" },
  ],
  ["nothing said, text", { data: "a" }, { mediaType: "text/plain", name: "file.txt" }],
  [
    "nothing said, bytes",
    { data: new Uint8Array([0]) },
    { mediaType: "application/octet-stream", name: "file" },
  ],
  ["nothing said, a PNG without a name", { data: png }, { mediaType: "image/png", name: "file.png" }],
  [
    "a program by its bytes, whatever it is said to be",
    { name: "a.png", data: program, mediaType: "image/png" },
    { active: "program" },
  ],
  ["a program by its name", { name: "a.pdf.EXE", data: "x" }, { active: "program" }],
  ["macros", { name: "a.docm", data: raw("PK\x03\x04") }, { active: "program" }],
  ["a document by its name", { name: "a.html", data: png }, { mediaType: "image/png", active: "document" }],
  ["XML", { data: "<a/>", mediaType: "application/xml" }, { active: "document" }],
])("add() lets the bytes decide what a file is: %s", async (_, input, expected) => {
  expect(await add(input)).toMatchObject(expected);
});

test("invoice\\u202Egpj.exe comes out as invoicegpj.exe, is a program, and the default policy refuses it", async () => {
  const input = { name: "invoice\u202egpj.exe", data: "x" };
  expect(await add(input)).toMatchObject({ name: "invoicegpj.exe", active: "program" });
  const bag = openBag();
  await expect(bag.add(input)).rejects.toMatchObject({
    code: "ATTACH_TYPE",
    message: "Cannot attach file: programs and scripts that a double click starts are not allowed",
  });
  expect(bag.rejected()).toEqual([{ name: "invoicegpj.exe", code: "ATTACH_TYPE", size: 1 }]);
});

test("policy.allow takes the scripts of a run that writes code, which the default policy refuses", async () => {
  const script = { name: "main.js", data: "export {};\n", mediaType: "text/javascript" };
  await expect(openBag().add(script)).rejects.toMatchObject({ code: "ATTACH_TYPE" });
  const policy: AttachmentPolicy = { allow: (f) => f.active !== "program" || f.name.endsWith(".js") };
  const bag = openBag({ policy });
  expect(await bag.add(script)).toMatchObject({ name: "main.js", active: "program" });
  await expect(bag.add({ name: "main.exe", data: "x" })).rejects.toMatchObject({
    code: "ATTACH_TYPE",
    message: "Cannot attach file: files of this kind are not allowed",
  });
});

test("the default policy takes report.html and chart.svg, as documents", async () => {
  const bag = openBag();
  for (const name of ["report.html", "chart.svg"]) {
    expect(await bag.add({ name, data: name.endsWith("svg") ? "<svg/>" : "<html>" })).toMatchObject({
      name,
      active: "document",
    });
  }
});

test.each([
  "text/html\r\nX-Injected: 1",
  "text",
  "text/",
  "/html",
  "te xt/html",
  "text/html; a=\r\nb",
  "",
  "a/b/c",
])("add() refuses the media type %j", async (mediaType) => {
  const bag = openBag();
  await expect(bag.add({ name: "a", data: "x", mediaType })).rejects.toMatchObject({
    code: "ATTACH_TYPE",
    message: "Cannot attach file: its media type is not of the form type/subtype",
  });
  expect(bag.rejected()).toEqual([{ name: "a", code: "ATTACH_TYPE", size: 1 }]);
});

test("policy.onMismatch reject refuses bytes that are not what was said, before it reads them all", async () => {
  const bag = openBag({ policy: { onMismatch: "reject" } });
  let pulls = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      pulls += 1;
      yield new Uint8Array(65_536);
    }
  }
  await expect(bag.add({ data: endless(), mediaType: "image/png" })).rejects.toMatchObject({
    code: "ATTACH_MISMATCH",
    message: "Cannot attach file: its bytes are not of the media type that it was given",
  });
  expect(pulls).toBe(1);
  await expect(bag.add({ data: "<html>", mediaType: "image/png" })).rejects.toMatchObject({
    code: "ATTACH_MISMATCH",
  });
  await expect(bag.add({ data: png, mediaType: "image/png" })).resolves.toBeDefined();
});

test.each([() => "yes" as never, () => 1 as never, () => undefined as never, () => false])(
  "policy.allow allows by nothing but true: %s",
  async (allow) => {
    await expect(add({ data: "x" }, { policy: { allow } })).rejects.toMatchObject({ code: "ATTACH_TYPE" });
  },
);

test("policy.allow is told all of a file but its bytes, and one that throws is reported and refuses", async () => {
  const warnings: unknown[] = [];
  const logger = { warn: (context: object) => void warnings.push(context) };
  const failure = new Error("no policy");
  const asked: unknown[] = [];
  const policy = {
    allow: (file: object): boolean => {
      asked.push(file);
      throw failure;
    },
  };
  const input = { name: "a.txt", data: "x", source: { tool: "t", callId: "c" } };
  await expect(add(input, { policy, logger })).rejects.toMatchObject({ code: "ATTACH_TYPE" });
  expect(warnings).toEqual([{ error: failure }]);
  expect(asked).toMatchObject([
    { id: "file-1", name: "a.txt", size: 1, source: { callId: "c" }, active: false },
  ]);
  expect(asked[0]).not.toHaveProperty("stream");
});

test("policy.allow may end the bag: then the file is refused and freed", async () => {
  const store = watchedStore();
  const allow = (): boolean => {
    void bag.close("discard");
    return true;
  };
  const bag = openBag({ store, policy: { allow } });
  await expect(bag.add({ name: "a.txt", data: "x" })).rejects.toMatchObject({ code: "ATTACH_CLOSED" });
  await settled();
  expect([bag.list(), store.keys.size]).toEqual([[], 0]);
});

test("a sniffer of the host's is asked first, and the built-in one goes on saying what is active", async () => {
  const heads: number[] = [];
  const sniffer = {
    sniff: (head: Uint8Array): string => {
      heads.push(head.byteLength);
      head.fill(0);
      return "Image/Avif";
    },
  };
  const options = { sniffer, policy: { allow: () => true } };
  const file = await add({ data: "<html>".padEnd(10_000) }, options);
  expect(file).toMatchObject({ mediaType: "image/avif", active: "document" });
  expect(heads).toEqual([4_096]);
  expect(await textOf(file)).toContain("<html>");
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["gives no media type", () => "png"],
  ["gives no string", () => 7 as never],
])("a sniffer that %s leaves the built-in one to decide", async (_, sniff) => {
  const logger = { warn: () => {} };
  expect(await add({ data: png }, { sniffer: { sniff }, logger })).toMatchObject({ mediaType: "image/png" });
});
