import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest;
}

/** True if one of the files loads it, and does not only name its types. */
function isLoaded(name: string, folder: string): boolean {
  const loads = new RegExp(`^(?:import|export) (?!type )[^;]*? from "${name}";`, "m");
  const files = globSync("src/**/*.ts", { cwd: join(root, folder) });
  return files.some((file) => loads.test(readFileSync(join(root, folder, file), "utf8")));
}

test("what a package of the workspace takes from whoever uses it is found after an install for production, too", () => {
  const names = Object.keys(manifestOf("apps/review-desk").dependencies ?? {});
  const folders = names.flatMap((name) => /^@executus\/(.+)$/.exec(name)?.[1] ?? []);
  const taken = folders.flatMap((folder) => {
    const path = join("packages", folder);
    return Object.keys(manifestOf(path).peerDependencies ?? {}).filter((peer) => isLoaded(peer, path));
  });
  expect(taken).toContain("ai");
  // The packages look for them where they lie, and only the root lies above that.
  expect(Object.keys(manifestOf(".").dependencies ?? {}).sort()).toEqual(taken.sort());
});
