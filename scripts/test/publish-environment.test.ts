import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { runCommand } from "../process/run-command.ts";
import { publishEnvironment } from "../release/publish-environment.ts";

const local = { url: "http://127.0.0.1:1/", token: "practice" };

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "publish-environment-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test("publishEnvironment() publishes to the registry on loopback, whatever npm tells its children of its user", async () => {
  const scratch = scratchFolder();
  const userConfig = join(scratch, "user.npmrc");
  writeFileSync(userConfig, "registry=https://registry.example/\n//registry.example/:_authToken=real\n");
  for (const name of ["npm_config_userconfig", "NPM_CONFIG_USERCONFIG"]) vi.stubEnv(name, userConfig);
  for (const name of ["npm_config_registry", "NPM_CONFIG_REGISTRY", "pnpm_config_registry"])
    vi.stubEnv(name, "https://registry.example/");
  vi.stubEnv("GITHUB_ACTIONS", "true");
  vi.stubEnv("NODE_AUTH_TOKEN", "real");
  const env = await publishEnvironment(local, scratch, scratch);
  const { output } = await runCommand("pnpm", ["config", "list"], { cwd: scratch, env });
  expect(output).toContain(local.url);
  expect(output).not.toMatch(/registry\.example/);
  expect(JSON.stringify(env)).not.toMatch(/real|GITHUB_ACTIONS/);
});

test("publishEnvironment() refuses a machine whose pnpm publishes the packages' scope elsewhere", async () => {
  const scratch = scratchFolder();
  mkdirSync(join(scratch, "pnpm"));
  writeFileSync(join(scratch, "pnpm", "auth.ini"), "@executus:registry=https://registry.example/\n");
  vi.stubEnv("XDG_CONFIG_HOME", scratch);
  await expect(publishEnvironment(local, scratch, scratch)).rejects.toThrow(
    /would publish to https:\/\/registry\.example/,
  );
});

test.each([
  "registry: https://registry.example/\n",
  "registries:\n  '@executus': https://registry.example/\n",
])("publishEnvironment() refuses a folder from which pnpm would publish elsewhere: %j", async (elsewhere) => {
  const scratch = scratchFolder();
  writeFileSync(join(scratch, "pnpm-workspace.yaml"), elsewhere);
  await expect(publishEnvironment(local, scratch, scratch)).rejects.toThrow(
    /would publish to https:\/\/registry\.example/,
  );
});
