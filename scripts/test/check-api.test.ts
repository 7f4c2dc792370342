import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { changedLines } from "../api/changed-lines.ts";
import { packagesWithChangeset } from "../api/changesets.ts";
import { checkApi } from "../check-api.ts";
import { markReleased } from "../mark-released.ts";
import { writeApi } from "../write-api.ts";
import { createWorkspace, type FixtureWorkspace } from "./fixture-workspace.ts";

vi.setConfig({ testTimeout: 60_000 });

const declarations = "packages/low/dist/index.d.ts";
const report = "packages/low/api.md";
const changeset = ".changeset/one.md";

/** One package of the fixture, built, with its report and a changeset that announces it. */
async function createReported(): Promise<FixtureWorkspace> {
  const workspace = createWorkspace();
  for (const folder of ["packages/next", "packages/mid", "packages/high", "apps"]) {
    rmSync(join(workspace.root, folder), { recursive: true });
  }
  workspace.write(
    declarations,
    'export type { Low } from "./low.ts";\n/** Says it. */\nexport declare function say(text: string): void;\n',
  );
  workspace.write("packages/low/dist/low.d.ts", "export interface Low {\n    readonly depth: number;\n}\n");
  workspace.write(changeset, '---\n"@executus/low": minor\n---\n\nNew.\n');
  await writeApi(workspace.root);
  return workspace;
}

test("writeApi() writes what users of each entry can see, and checkApi() accepts it", async () => {
  const { root, read } = await createReported();
  expect(read(report)).toBe(
    `# The API of @executus/low

<!-- Made by \`pnpm run api\` from the built declarations. Review its diff, do not edit it. -->

Nothing is released yet.

## @executus/low

\`\`\`ts
export interface Low {
    readonly depth: number;
}

export function say(text: string): void;
\`\`\`
`,
  );
  expect(await checkApi(root)).toEqual([]);
});

test("checkApi() refuses a change that the report does not have, wherever it was declared", async () => {
  const { root, replace } = await createReported();
  replace("packages/low/dist/low.d.ts", "depth: number", "depth: bigint");
  expect(await checkApi(root)).toEqual([
    `${report}:1: is not the API of today: "pnpm run api" writes it\n  -     readonly depth: number;\n  +     readonly depth: bigint;`,
  ]);
});

test("checkApi() accepts another documentation of the same API", async () => {
  const { root, replace } = await createReported();
  replace(declarations, "Says it.", "Says it aloud.");
  expect(await checkApi(root)).toEqual([]);
});

test("checkApi() refuses a package that was never released and that no changeset names", async () => {
  const { root, write } = await createReported();
  write(changeset, '---\n"@executus/other": minor\n---\n\nNew.\n');
  expect(await checkApi(root)).toEqual([
    `${report}:5: the API is not released yet, and no changeset names @executus/low: "pnpm exec changeset" makes one`,
  ]);
});

test("checkApi() wants a changeset for a change since the release, and none for the released API", async () => {
  const { root, replace, write } = await createReported();
  replace("packages/low/package.json", '"version": "0.0.0"', '"version": "0.1.0"');
  markReleased(root);
  rmSync(join(root, changeset));
  expect(await checkApi(root)).toEqual([]);
  replace(declarations, "text: string", "text: string, loud?: boolean");
  await writeApi(root);
  expect(await checkApi(root)).toEqual([
    `${report}:5: the API has changed since 0.1.0, and no changeset names @executus/low: "pnpm exec changeset" makes one`,
  ]);
  write(changeset, "---\n'@executus/low': patch\n---\n\nLouder.\n");
  expect(await checkApi(root)).toEqual([]);
});

test("checkApi() misses a report and a build", async () => {
  const { root } = await createReported();
  rmSync(join(root, report));
  expect(await checkApi(root)).toEqual([
    expect.stringMatching(
      /^packages\/low\/api.md:1: is not the API of today: [^]*\n {2}\+ export interface Low {\n/,
    ),
  ]);
  rmSync(join(root, "packages/low/dist"), { recursive: true });
  expect(await checkApi(root)).toEqual(["@executus/low: is not built"]);
});

test("checkApi() refuses declarations of a file that is not there", async () => {
  const { root, append } = await createReported();
  append(declarations, 'export type { Gone } from "./gone.ts";');
  await expect(checkApi(root)).rejects.toThrow("Cannot read the API of @executus/low:\n");
});

test("packagesWithChangeset() reads the packages of every changeset, and nothing of its text", async () => {
  const { root, write } = createWorkspace();
  write(
    ".changeset/a.md",
    '---\n"@executus/a": major\n"@executus/none": none\n---\n\n"@executus/b": minor\n',
  );
  write(".changeset/c.md", "---\r\n'@executus/c': patch\r\n---\r\n\r\nNew.\r\n");
  write(".changeset/README.md", "Changesets.\n");
  expect([...packagesWithChangeset(root)].sort()).toEqual(["@executus/a", "@executus/c"]);
});

test("changedLines() shows twelve lines and counts the others", () => {
  const after = Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n");
  expect(changedLines("line 0", after)).toMatch(
    /^ {2}\+ line 1\n[^]*\n {2}\+ line 12\n {2}and 7 more lines$/,
  );
});
