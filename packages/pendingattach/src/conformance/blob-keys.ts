import assert from "node:assert/strict";
import { assertBytes, type BlobTest, bytesOf } from "./blob-context.ts";

/** Keys of which no two are the same, although some systems take them so. */
const likeness: readonly (readonly [what: string, keys: readonly string[]])[] = [
  ["in case", ["Report", "report", "REPORT"]],
  ["in Unicode form", ["caf\u00e9", "cafe\u0301"]],
  ["in white space", ["report", " report", "report ", "re port"]],
  ["in separators", ["a/b", "a\\b", "a//b", "a_b", "ab", "/a/b"]],
  ["in dots", ["a/../b", "b", "./b", "../b", "b."]],
  ["in what SQL or a pattern reads", ["a%b", "a_b", "a*b", "a?b", "a'b", "a''b", 'a"b', "a;b--"]],
];

export function keyTests(test: BlobTest): void {
  for (const [what, parts] of likeness) {
    test(`putBlob() keeps keys apart that differ ${what}`, async ({ key, put, read }) => {
      const suffix = key("");
      const keys = parts.map((part) => part + suffix);
      for (const [index, name] of keys.entries()) await put(name, bytesOf(64, index + 1));
      for (const [index, name] of keys.entries()) assertBytes(await read(name), bytesOf(64, index + 1));
    });
  }

  test("putBlob() takes any key: long, of a path that leaves, of a device, in any script", async (context) => {
    const { key, put, read, store, assertAbsent } = context;
    const parts = [
      "../../../tmp/x",
      "/etc/passwd",
      "..",
      "CON",
      "a\u0000b",
      "日本語",
      "\u{1f469}\u200d\u{1f4bb}",
    ];
    for (const part of [...parts, "x".repeat(500)]) {
      const [one, other] = [key(part), key(part)];
      await put(one, bytesOf(10, 1));
      await put(other, bytesOf(10, 2));
      assertBytes(await read(one), bytesOf(10, 1));
      assertBytes(await read(other), bytesOf(10, 2));
      await store.deleteBlob(one);
      await assertAbsent(one);
    }
  });

  test("deleteBlob() makes the key one that is not there, and can be put again", async (context) => {
    const { store, key, put, read, assertAbsent } = context;
    const name = key();
    await put(name, bytesOf(10));
    await store.deleteBlob(name);
    await assertAbsent(name);
    await put(name, bytesOf(20));
    assertBytes(await read(name), bytesOf(20));
  });

  test("deleteBlob() deletes that key and no other", async ({ store, key, put, read }) => {
    const [name, other] = [key("a"), key("a")];
    const [below, above] = [`${name}/b`, name.slice(0, -1)];
    for (const each of [name, other, below, above]) await put(each, bytesOf(10));
    await store.deleteBlob(name);
    for (const each of [other, below, above]) assertBytes(await read(each), bytesOf(10));
  });

  test("deleteBlob() of a key that is not there resolves, also the second time", async (context) => {
    const { store, key, put } = context;
    const name = key();
    assert.equal(await store.deleteBlob(name), undefined);
    await put(name, bytesOf(10));
    await store.deleteBlob(name);
    assert.equal(await store.deleteBlob(name), undefined);
  });
}
