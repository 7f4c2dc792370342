import fc from "fast-check";
import { parse, postprocess, preprocess } from "micromark";
import { expect, test } from "vitest";
import { splitText } from "../src/index.ts";
import { propertyRuns } from "./internal/property-runs.ts";

interface Code {
  /** Without white space, which a cut within a line or an indented fence changes. */
  text: string;
  /** One that opens, and one that closes. */
  fences: number;
}

/** The blocks of fenced code in a text, as a parser of CommonMark that is not ours sees them. */
function codeOf(text: string): Code[] {
  const found: Code[] = [];
  let open: Code | undefined;
  const chunks = preprocess()(text, undefined, true);
  for (const [kind, token, context] of postprocess(parse().document().write(chunks))) {
    if (token.type === "codeFenced") {
      open = kind === "enter" ? { text: "", fences: 0 } : undefined;
      if (open) found.push(open);
    } else if (open && kind === "enter") {
      if (token.type === "codeFencedFence") open.fences += 1;
      if (token.type === "codeFlowValue") open.text += context.sliceSerialize(token).replaceAll(/\s/g, "");
    }
  }
  return found;
}

/** An opener that no part has room for: what does not fit of its words becomes code. */
const tooLong = `\`\`\`${"info".repeat(30)}\n`;

/** What answers are made of, but for HTML, quotes and lists, in which fences follow other rules. */
const morsels = [
  ..."some words |a longer line of words that goes on\n|\n\n|\n|code();\n|\tindented\n|    four\n".split("|"),
  ..."```ts\n|\n```\n|```\n|````md\n|\n````\n|~~~\n|~~~~ sh\n|   ```\n|`inline`|# Title\n|```a`b\n".split(
    "|",
  ),
  "x".repeat(70),
];

function textsOf(...parts: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...parts), { minLength: 20, maxLength: 120 }).map((all) => all.join(""));
}

const limits = fc.integer({ min: 64, max: 300 });

test("splitText() closes every fence of every part, as CommonMark sees it", () => {
  const property = fc.property(textsOf(...morsels, tooLong), limits, (text, limit) => {
    fc.pre(text.length > limit);
    for (const part of splitText(text, limit, { fences: true })) {
      for (const { fences } of codeOf(part)) expect({ part, fences }).toEqual({ part, fences: 2 });
    }
  });
  fc.assert(property, propertyRuns("texts parsed", 200, 20_000));
});

test("splitText() leaves code as code and everything else as it was, as CommonMark sees it", () => {
  const property = fc.property(textsOf(...morsels), limits, (text, limit) => {
    fc.pre(text.length > limit);
    const all = (codes: readonly Code[]): string => codes.map((code) => code.text).join("");
    const parts = splitText(text, limit, { fences: true });
    expect({ parts, code: all(parts.flatMap(codeOf)) }).toEqual({ parts, code: all(codeOf(text)) });
  });
  fc.assert(property, propertyRuns("texts parsed", 200, 20_000));
});
