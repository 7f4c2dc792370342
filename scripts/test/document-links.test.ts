import { expect, test } from "vitest";
import { checkLinks } from "../docs/links.ts";
import { createFolder } from "./fixture-workspace.ts";

const path = "packages/low/README.md";

function linksOf(text: string): string[] {
  const { root, write } = createFolder();
  for (const file of ["LICENSE", "packages/low/LICENSE", path]) write(file, "");
  return checkLinks(root, { path, text });
}

test.each([
  "[a](../low/README.md#top) [b](#top) [c](https://example.org/x) [d](mailto:a@example.org)",
  "[a](/LICENSE) ![b](<LICENSE>) [c](LICENSE 'title') [d](../../LICENSE)",
  "`[a](gone.md)`",
  "```md\n[a](gone.md)\n```",
])("checkLinks() accepts %j", (text) => {
  expect(linksOf(text)).toEqual([]);
});

test.each([
  ["[a](gone.md)", 'the link "gone.md" points to nothing'],
  ["[a](LICENSE), [b](./gone.md#part)", 'the link "./gone.md#part" points to nothing'],
  ["![a](gone.png)", 'the link "gone.png" points to nothing'],
  ["[a]: gone.md", 'the link "gone.md" points to nothing'],
  ['<img alt="" src="gone.svg">', 'the link "gone.svg" points to nothing'],
  ["[a](/gone.md)", 'the link "/gone.md" points to nothing'],
  ["[a](../../../README.md)", 'the link "../../../README.md" leaves the repository'],
])("checkLinks() refuses %j", (text, problem) => {
  expect(linksOf(`# Low\n\n${text}\n`)).toEqual([`${path}:3: ${problem}`]);
});
