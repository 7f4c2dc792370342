import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gitProject, temporaryFolder } from "./git-project.ts";
import { reviewDesk } from "./review-desk-process.ts";

/** A command that leaves a file behind if anything runs it. */
function trap(canary: string): string {
  return `touch ${canary}`;
}

test.skipIf(process.platform === "win32")(
  "review of a hostile repository runs nothing of it and reads nothing outside",
  async () => {
    const canary = join(temporaryFolder(), "canary");
    const outside = temporaryFolder();
    writeFileSync(join(outside, "secret.ts"), "debugger; // outside\n");
    const code = `require("node:fs").writeFileSync(${JSON.stringify(canary)}, "")`;
    const project = gitProject({
      "src/a.ts": "// oxlint-disable\n/* eslint-disable */\ndebugger;\n",
      "src/b.md": "<!-- markdownlint-disable -->\n\n(reversed)[link.md]\n",
      ".oxlintrc.json": JSON.stringify({ jsPlugins: ["./plugin.js"], rules: { "no-debugger": "off" } }),
      "plugin.js": `${code};\nexport default {};\n`,
      "oxlint.config.ts": `import "./plugin.js";\nexport default { rules: { "no-debugger": "off" } };\n`,
      "eslint.config.js": `${code};\nexport default [];\n`,
      "src/.oxlintrc.json": "{ not json",
      ".markdownlint.json": JSON.stringify({ default: false }),
      ".secretlintrc.json": JSON.stringify({ rules: [] }),
      "tsconfig.json": JSON.stringify({
        extends: "../../../../../../etc/passwd",
        compilerOptions: { plugins: [{ name: "./plugin.js" }] },
      }),
      "package.json": JSON.stringify({ type: "commonjs", scripts: { postinstall: trap(canary) } }),
      ".gitattributes": "* filter=evil diff=evil\n",
    });
    for (const [key, value] of [
      ["core.fsmonitor", trap(canary)],
      ["core.hooksPath", join(project.folder, "hooks")],
      ["core.pager", trap(canary)],
      ["core.sshCommand", trap(canary)],
      ["diff.external", trap(canary)],
      ["diff.evil.textconv", trap(canary)],
      ["filter.evil.clean", trap(canary)],
      ["filter.evil.smudge", trap(canary)],
      ["core.worktree", outside],
    ] as const) {
      project.git("config", key, value);
    }
    for (const folder of ["hooks", ".git/hooks"]) {
      mkdirSync(join(project.folder, folder), { recursive: true });
      for (const hook of [
        "post-index-change",
        "fsmonitor-watchman",
        "post-checkout",
        "reference-transaction",
      ]) {
        writeFileSync(join(project.folder, folder, hook), `#!/bin/sh\n${trap(canary)}\n`);
        chmodSync(join(project.folder, folder, hook), 0o755);
      }
    }
    writeFileSync(
      join(project.folder, "src/a.ts"),
      "// oxlint-disable\n/* eslint-disable */\ndebugger;\ndebugger;\n",
    );
    symlinkSync(join(outside, "secret.ts"), join(project.folder, "link.ts"));
    symlinkSync(outside, join(project.folder, "linked-folder"));

    const whole = await reviewDesk(["--repo", project.folder]);
    const changed = await reviewDesk(["--repo", project.folder, "--base", "HEAD"]);

    expect(existsSync(canary)).toBe(false);
    expect(whole.stdout).not.toContain("secret.ts");
    expect(whole.stdout).toContain("src/a.ts:3 ");
    expect(whole.stdout).toContain("src/b.md:3 ");
    expect(changed.stdout).toContain("src/a.ts:4 ");
    expect([whole.code, changed.code]).toEqual([0, 0]);
  },
);

test("review finds git itself, and says in one line if there is none", async () => {
  const { folder } = gitProject({ "a.ts": "export const a = 1;\n" });
  const { code, stderr } = await reviewDesk(["--repo", folder], { PATH: temporaryFolder() });
  expect(stderr).toMatch(/^review-desk: .*git.*\n$/);
  expect(code).toBe(2);
});

test.skipIf(process.platform === "win32")(
  "review takes no program from the reviewed folder, also if it is the current one",
  async () => {
    const canary = join(temporaryFolder(), "canary");
    const { folder } = gitProject({ git: `#!/bin/sh\n${trap(canary)}\n`, "a.ts": "debugger;\n" });
    chmodSync(join(folder, "git"), 0o755);
    const { stdout } = await reviewDesk(
      ["--repo", "."],
      { PATH: `.:${folder}:${process.env["PATH"]}` },
      folder,
    );
    expect(stdout).toContain("a.ts:1");
    expect(existsSync(canary)).toBe(false);
  },
);

test.skipIf(process.platform === "win32")(
  "review prints no control character of the reviewed repository",
  async () => {
    const { folder } = gitProject({
      "evil\u001b[31m\u202Ename.ts": "debugger;\n",
      "b.ts": 'const \u202E = "\u001b]0;x\u0007";\n',
    });
    const { stdout, stderr } = await reviewDesk(["--repo", folder]);
    expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stdout).toContain("no-debugger");
  },
);
