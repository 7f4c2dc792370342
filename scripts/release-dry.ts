/**
 * A release without consequences: `node scripts/release-dry.ts`; `--help` says what it does.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { installLab } from "./lab/lab.ts";
import { pickPackage } from "./picking/pick-package.ts";
import { choosePackages, help } from "./release/dry-options.ts";
import { repository } from "./process/run-command.ts";
import { mapLimited } from "./process/map-limited.ts";
import { withScratchFolder } from "./process/scratch-folder.ts";
import { checkPublished } from "./release/check-published.ts";
import { withLocalRegistry } from "./release/local-registry.ts";
import { download } from "./release/published.ts";
import { publishThroughTroubles } from "./release/publishing.ts";
import { releaseTable } from "./release/release-table.ts";
import { addChangeset, commit, copyRepository, runIn } from "./release/scratch-copy.ts";
import { checkVersions } from "./release/versions.ts";
import { publicPackages, readWorkspace } from "./workspace/read-workspace.ts";

const chosen = choosePackages(
  process.argv.slice(2),
  publicPackages(readWorkspace(repository)).map(({ name }) => name),
);
if (chosen === "help") {
  console.log(help);
  process.exit();
}
const problems: string[] = [];

/** Says what is done, how it went and how long it took. */
async function step(name: string, work: () => Promise<readonly string[]>): Promise<void> {
  const startedAt = performance.now();
  const found = await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${name.padEnd(44)} ${seconds.padStart(6)} s`);
  for (const problem of found) console.log(problem);
  problems.push(...found);
}

await withScratchFolder(async (scratch) => {
  const folder = join(scratch, "repository");
  mkdirSync(folder);
  await step("engines of tools/lab", async () => {
    await installLab();
    return [];
  });
  await step("a copy, with its dependencies", async () => {
    await copyRepository(repository, folder);
    await runIn(folder, ["pnpm", "install", "--frozen-lockfile"]);
    return [];
  });
  const before = readWorkspace(folder);
  await step("a changeset, and the versions that it makes", async () => {
    addChangeset(folder);
    await runIn(folder, ["pnpm", "run", "release:version"]);
    await commit(folder, "Versions");
    return checkVersions(before, readWorkspace(folder));
  });
  const workspace = readWorkspace(folder);
  await withLocalRegistry(scratch, async (registry) => {
    await step("published, through every trouble", () =>
      publishThroughTroubles(workspace, registry, scratch),
    );
    const published = await Promise.all(
      publicPackages(workspace).map((pkg) => download(registry.url, pkg, scratch)),
    );
    await step("what is in the tarballs", async () =>
      (await mapLimited(published, (one) => checkPublished(workspace, one))).flat(),
    );
    for (const one of published.filter(({ pkg }) => chosen.includes(pkg.name))) {
      await step(`picked alone: ${one.pkg.name}`, () => pickPackage(one, registry.url, scratch));
    }
    console.log(`\n${releaseTable(published)}\n`);
  });
});
console.log(problems.length === 0 ? "this would be a good release" : `${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;
