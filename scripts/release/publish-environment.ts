import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../process/run-command.ts";

/** Who makes the tags. */
const releaser = { GIT_COMMITTER_NAME: "Release", GIT_COMMITTER_EMAIL: "release@example.org" };

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
  writeFileSync(userConfig, `registry=${url}\n${credentials}\nfetch-retries=0\n`);
  const kept = Object.entries(process.env).filter(([name]) => !/^p?npm_config_|token|^GITHUB_/i.test(name));
  const env = { ...Object.fromEntries(kept), ...releaser, npm_config_userconfig: userConfig };
  const { output } = await runCommand("pnpm", ["config", "get", "registry"], { cwd: folder, env });
  if (output.trim() === url) return env;
  throw new Error(`Cannot publish for practice: pnpm would publish to ${output.trim()}, and not to ${url}`);
}
