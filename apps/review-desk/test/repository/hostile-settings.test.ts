import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRepository } from "../../src/repository/open-repository.ts";
import { listAll, makeFolder, makeRepository, runGit, type GitSandbox } from "./sandbox.ts";

/**
 * A repository with two commits and an edit, and a program outside of it that leaves a mark when it runs.
 * Each trap is also sprung by an ordinary git, to show that it is one.
 */
interface Trap {
  readonly name: string;
  readonly plant: (sandbox: GitSandbox, program: string) => void;
  /** What a user's git would do; absent where that takes a terminal. */
  readonly spring?: (sandbox: GitSandbox) => void;
}

const traps: readonly Trap[] = [
  {
    name: "core.fsmonitor",
    plant: ({ git }, program) => git("config", "core.fsmonitor", program),
    spring: ({ git }) => git("status"),
  },
  {
    name: "core.hooksPath",
    plant({ git }, program) {
      git("config", "core.hooksPath", makeHooks(join(program, "..", "hooks"), program));
    },
    spring: ({ git }) => git("add", "--all"),
  },
  {
    name: "hooks in .git/hooks",
    plant: ({ folder }, program) => void makeHooks(join(folder, ".git", "hooks"), program),
    spring: ({ git }) => git("add", "--all"),
  },
  {
    name: "diff.external",
    plant: ({ git }, program) => git("config", "diff.external", program),
    spring: ({ git }) => git("diff", "HEAD~1"),
  },
  {
    name: "a diff driver's command",
    plant({ git, write }, program) {
      git("config", "diff.evil.command", program);
      write(".gitattributes", "* diff=evil\n");
    },
    spring: ({ git }) => git("diff", "HEAD~1"),
  },
  {
    name: "a diff driver's textconv",
    plant({ git, write }, program) {
      git("config", "diff.evil.textconv", program);
      write(".gitattributes", "* diff=evil\n");
    },
    spring: ({ git }) => git("diff", "HEAD~1"),
  },
  ...["clean", "process"].map((kind) => ({
    name: `a filter's ${kind}`,
    plant({ git, write }: GitSandbox, program: string) {
      git("config", `filter.evil.${kind}`, program);
      write(".gitattributes", "* filter=evil\n");
    },
    spring: ({ git }: GitSandbox) => git("add", "--all"),
  })),
  {
    name: "a filter's smudge",
    plant({ git, write }, program) {
      git("config", "filter.evil.smudge", program);
      write(".gitattributes", "* filter=evil\n");
    },
    spring({ git, folder }) {
      rmSync(join(folder, "kept.ts"));
      git("checkout", "kept.ts");
    },
  },
  {
    name: "core.attributesFile and .git/info/attributes",
    plant({ git, folder }, program) {
      git("config", "filter.evil.clean", program);
      const attributes = join(folder, ".git", "info", "attributes");
      mkdirSync(join(folder, ".git", "info"), { recursive: true });
      writeFileSync(attributes, "* filter=evil diff=evil\n");
      git("config", "core.attributesFile", attributes);
    },
    spring: ({ git }) => git("add", "--all"),
  },
  {
    name: "[include]",
    plant({ git, folder }, program) {
      writeFileSync(join(folder, "more.config"), `[core]\n\tfsmonitor = ${program}\n`);
      git("config", "include.path", "../more.config");
    },
    spring: ({ git }) => git("status"),
  },
  {
    name: "aliases of the commands that are used",
    plant({ git }, program) {
      for (const name of ["ls-files", "ls-tree", "rev-parse", "cat-file", "diff-index", "my-own"]) {
        git("config", `alias.${name}`, `!${program}`);
      }
    },
    spring: ({ git }) => git("my-own"),
  },
  {
    name: "core.sshCommand",
    plant({ git }, program) {
      git("config", "core.sshCommand", program);
      git("config", "remote.origin.url", "ssh://localhost/nowhere");
    },
    spring: ({ git }) => git("fetch", "origin"),
  },
  {
    name: "credential.helper",
    plant: ({ git }, program) => git("config", "credential.helper", `!${program}`),
    spring: ({ folder }) => runGit(folder, ["credential", "fill"], "protocol=https\nhost=example.test\n\n"),
  },
  {
    name: "gpg.program",
    plant({ git }, program) {
      git("config", "gpg.program", program);
      git("config", "log.showSignature", "true");
    },
    spring: ({ git }) => git("commit", "--allow-empty", "--gpg-sign", "--message=signed"),
  },
  {
    name: "core.editor",
    plant: ({ git }, program) => git("config", "core.editor", program),
    spring: ({ git }) => git("commit", "--amend", "--allow-empty"),
  },
  {
    name: "core.pager",
    plant: ({ git }, program) => git("config", "core.pager", program),
  },
  {
    name: "a partial clone that fetches through ext::",
    plant({ git, folder }, program) {
      git("config", "core.repositoryFormatVersion", "1");
      git("config", "extensions.partialClone", "origin");
      git("config", "remote.origin.promisor", "true");
      git("config", "remote.origin.url", `ext::${program}`);
      git("config", "protocol.ext.allow", "always");
      git("config", "protocol.allow", "always");
      dropBlob(folder, git("rev-parse", "HEAD~1:changed.ts"));
    },
    spring: ({ git }) => git("cat-file", "-p", "HEAD~1:changed.ts"),
  },
  {
    name: "a partial clone that fetches over ssh",
    plant({ git, folder }, program) {
      git("config", "core.repositoryFormatVersion", "1");
      git("config", "extensions.partialClone", "origin");
      git("config", "remote.origin.promisor", "true");
      git("config", "remote.origin.url", "ssh://localhost/nowhere");
      git("config", "core.sshCommand", program);
      dropBlob(folder, git("rev-parse", "HEAD~1:changed.ts"));
    },
    spring: ({ git }) => git("cat-file", "-p", "HEAD~1:changed.ts"),
  },
];

function makeHooks(folder: string, program: string): string {
  mkdirSync(folder, { recursive: true });
  for (const hook of ["post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman"]) {
    writeFileSync(join(folder, hook), `#!/bin/sh\n${JSON.stringify(program)}\n`);
    chmodSync(join(folder, hook), 0o755);
  }
  return folder;
}

function dropBlob(folder: string, id: string): void {
  rmSync(join(folder, ".git", "objects", id.slice(0, 2), id.slice(2)));
}

for (const trap of traps) {
  test.skipIf(process.platform === "win32")(
    `openRepository() runs nothing when it meets ${trap.name}`,
    async () => {
      const outside = makeFolder();
      const mark = join(outside, "mark");
      const program = join(outside, "program");
      writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\nexit 1\n`);
      chmodSync(program, 0o755);
      const sandbox = makeRepository();
      sandbox.commit({ "changed.ts": "one\n", "kept.ts": "kept\n", "moved.ts": "a\nb\nc\nd\ne\nf\n" });
      sandbox.git("mv", "moved.ts", "new-place.ts");
      sandbox.commit({ "changed.ts": "one\ntwo\n", "new-place.ts": "a\nb\nc\nd\ne\nF\n" });
      sandbox.write("changed.ts", "one\ntwo\nthree\n");
      trap.plant(sandbox, program);
      const before = readdirSync(join(sandbox.folder, ".git")).sort();

      for (const base of [undefined, "HEAD~1"]) {
        const repository = await openRepository(sandbox.folder, { base });
        const entries = await listAll(repository);
        expect(entries.map((entry) => entry.path)).toContain("changed.ts");
        for (const entry of entries) {
          if (entry.kind !== "file") continue;
          await repository.read(entry.path);
          await repository.hunks(entry);
        }
      }
      expect(existsSync(mark)).toBe(false);
      expect(readdirSync(join(sandbox.folder, ".git")).sort()).toEqual(before);

      if (!trap.spring) return;
      try {
        trap.spring(sandbox);
      } catch {
        // The program fails on purpose, and with it most commands.
      }
      expect(existsSync(mark)).toBe(true);
    },
  );
}
