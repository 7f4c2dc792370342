import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../process/run-command.ts";

/** Who makes the tags. */
const releaser = { GIT_COMMITTER_NAME: "Release", GIT_COMMITTER_EMAIL: "release@example.org" };

/** What says where a package is published: that of its scope, if there is one, wins. */
const settings = ["registry", "@executus:registry"];

/**
 * The settings of somebody who may publish to a registry on loopback, and of nobody else on this machine: npm tells what it
 * starts where its user publishes, and as whom.
 *
 * @throws {Error} if pnpm would publish what is in `folder` to another registry all the same.
 */
export async function publishEnvironment(
  { url, token }: { readonly url: string; readonly token: string },
  scratch: string,
  folder: string,
): Promise<NodeJS.ProcessEnv> {
  const userConfig = join(scratch, "publish.npmrc");
  const credentials = `${url.slice("http:".length)}:_authToken=${token}`;
  const registries = settings.map((setting) => `${setting}=${url}\n`).join("");
  writeFileSync(userConfig, `${registries}${credentials}\nfetch-retries=0\n`);
  const kept = Object.entries(process.env).filter(([name]) => !/^p?npm_config_|token|^GITHUB_/i.test(name));
  const env = { ...Object.fromEntries(kept), ...releaser, npm_config_userconfig: userConfig };
  for (const setting of settings) {
    const { output } = await runCommand("pnpm", ["config", "get", setting], { cwd: folder, env });
    if (output.trim() !== url)
      throw new Error(
        `Cannot publish for practice: pnpm would publish to ${output.trim()}, and not to ${url}`,
      );
  }
  return env;
}
