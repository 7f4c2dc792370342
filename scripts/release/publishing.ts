import { join } from "node:path";
import { runCommand } from "../process/run-command.ts";
import { publicPackages, type Workspace, type WorkspacePackage } from "../workspace/read-workspace.ts";
import type { LocalRegistry } from "./local-registry.ts";
import { publishEnvironment } from "./publish-environment.ts";
import { publishedVersions } from "./published.ts";
import type { Outcome } from "./registry-gate.ts";

/**
 * Publishes the workspace in its folder by the script of the release workflow: as nobody, where no provenance can be had, with a
 * registry that goes out of order in the middle, with an answer that is lost, to the end, and once more with nothing to
 * do. Returns what was not as it has to be.
 */
export async function publishThroughTroubles(
  workspace: Workspace,
  registry: LocalRegistry,
  scratch: string,
): Promise<string[]> {
  const packages = publicPackages(workspace);
  const env = await publishEnvironment(registry, scratch, workspace.root);
  const problems: string[] = [];
  const publish = async (decide: (index: number) => Outcome, more: NodeJS.ProcessEnv = {}): Promise<Run> => {
    registry.behave(decide);
    const options = { cwd: workspace.root, env: { ...env, ...more } };
    const { code, output } = await runCommand("bash", [join(".ci", "publish")], options);
    const present = await countPresent(registry.url, packages);
    const strange = registry.attempts.filter((name) => !packages.some((pkg) => pkg.name === name));
    problems.push(...strange.map((name) => `"${name}" would be published, and is no public package`));
    const expect = (what: string, holds: boolean): void => {
      if (!holds) problems.push(`${what}:\n${output.trimEnd()}`);
    };
    return { failed: code !== 0, output, present, expect };
  };

  const nameless = await publish(() => "pass", { GIT_COMMITTER_NAME: "" });
  nameless.expect("Somebody publishes who can make no tags", nameless.failed && nameless.present === 0);

  const unproved = await publish(() => "pass", { GITHUB_ACTIONS: "true" });
  unproved.expect(
    "A workflow that cannot prove where packages come from publishes them",
    unproved.failed && /ID_TOKEN/.test(unproved.output) && unproved.present === 0,
  );

  const broken = await publish((index) => (index < 3 ? "pass" : "refuse"));
  broken.expect("A registry that goes out of order after 3 packages is no failure", broken.failed);
  broken.expect(`It has ${broken.present} packages then`, broken.present === 3);

  const lost = await publish((index) => (["pass", "pass", "lose-answer"] as const)[index] ?? "refuse");
  lost.expect("A lost answer is no failure", lost.failed);
  lost.expect(`${lost.present} packages are there, and not the 6 that came through`, lost.present === 6);

  const resumed = await publish(() => "pass");
  const attempts = registry.attempts.length;
  resumed.expect("A publish that failed in the middle is not resumed", !resumed.failed);
  resumed.expect(`${resumed.present} packages are there`, resumed.present === packages.length);
  resumed.expect(
    `It publishes ${attempts} packages, not those that were missing`,
    attempts === packages.length - 6,
  );
  problems.push(...(await checkTags(workspace)));

  const second = await publish(() => "pass");
  second.expect("A second run fails", !second.failed);
  second.expect(`A second run publishes ${registry.attempts.join(", ")}`, registry.attempts.length === 0);
  return problems;
}

interface Run {
  readonly failed: boolean;
  readonly output: string;
  /** How many packages the registry has in their present version. */
  readonly present: number;
  readonly expect: (what: string, holds: boolean) => void;
}

async function countPresent(url: string, packages: readonly WorkspacePackage[]): Promise<number> {
  const versions = await Promise.all(packages.map(({ name }) => publishedVersions(url, name)));
  return packages.filter(({ manifest }, index) => versions[index]?.includes(manifest.version ?? "")).length;
}

async function checkTags(workspace: Workspace): Promise<string[]> {
  const { stdout } = await runCommand("git", ["tag", "--list"], { cwd: workspace.root });
  const tags = stdout.trim().split("\n").sort();
  const wanted = publicPackages(workspace)
    .map(({ name, manifest }) => `${name}@${manifest.version}`)
    .sort();
  return tags.join() === wanted.join() ? [] : [`The tags are ${tags.join(", ")}`];
}
