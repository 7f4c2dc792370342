import { expect, test } from "vitest";
import { joinByName } from "../../src/repository/join-by-name.ts";
import { collect } from "./sandbox.ts";

async function* named(names: string, onReturn: () => void = () => {}): AsyncGenerator<{ name: Buffer }> {
  try {
    for (const name of names) yield { name: Buffer.from(name) };
  } finally {
    onReturn();
  }
}

test("joinByName() gives each name once with what both sides have for it", async () => {
  const pairs = await collect(joinByName(named("acd"), named("abd")));
  expect(
    pairs.map(([left, right]) => `${left?.name.toString() ?? "-"}${right?.name.toString() ?? "-"}`),
  ).toEqual(["aa", "-b", "c-", "dd"]);
  expect(await collect(joinByName(named(""), named("")))).toEqual([]);
});

test("joinByName() ends both sides when its caller stops", async () => {
  const ended: string[] = [];
  const pairs = joinByName(
    named("abc", () => ended.push("left")),
    named("abc", () => ended.push("right")),
  );
  for await (const _ of pairs) break;
  expect(ended.toSorted()).toEqual(["left", "right"]);
});
