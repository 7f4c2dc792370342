import { expect, test } from "vitest";
import { checkSourceMaps } from "../packed/source-maps.ts";
import { checkFields } from "../release/check-published.ts";
import type { Published } from "../release/published.ts";
import { releaseTable } from "../release/release-table.ts";
import { checkVersions } from "../release/versions.ts";
import type { Manifest } from "../workspace/manifest.ts";
import { readWorkspace } from "../workspace/read-workspace.ts";
import { createWorkspace } from "./fixture-workspace.ts";

function mapsOf(files: Readonly<Record<string, string>>): string[] {
  return checkSourceMaps("low", new Map(Object.entries(files)));
}

const mapped = {
  "src/index.ts": "",
  "dist/index.js": "export {};\n//# sourceMappingURL=index.js.map",
  "dist/index.js.map": '{ "sources": ["../src/index.ts"] }',
};

test("checkSourceMaps() accepts maps whose sources are in the tarball", () => {
  expect(mapsOf(mapped)).toEqual([]);
});

test.each([
  [{ "dist/index.js": "export {};" }, 'low: "dist/index.js" names no source map'],
  [
    { "dist/index.js": "//# sourceMappingURL=gone.map" },
    'low: "dist/index.js" names the map "dist/gone.map", which is not there',
  ],
  [{ "dist/index.js.map": '{ "sources": [] }' }, 'low: "dist/index.js.map" names no source'],
  [
    { "dist/index.js.map": '{ "sources": ["../../src/index.ts"] }' },
    'low: "dist/index.js.map" names the source "../src/index.ts", which is not there',
  ],
])("checkSourceMaps() refuses %j", (files, problem) => {
  expect(mapsOf({ ...mapped, ...files })).toEqual([problem]);
});

/** The package `mid` of the fixture, which depends on `low`, as if it had been published with these fields. */
function publish(fields: Partial<Manifest>): { problems: string[]; published: Published } {
  const workspace = readWorkspace(createWorkspace().root);
  const pkg = workspace.packages.find(({ name }) => name === "@executus/mid");
  if (!pkg) throw new Error("Cannot find the package of the fixture");
  const manifest = { ...pkg.manifest, dependencies: { "@executus/low": "^0.0.0" }, ...fields };
  const published = {
    pkg,
    manifest,
    file: "",
    tarball: new Map(),
    tarballBytes: 1234,
    unpackedBytes: 45_678,
  };
  return { problems: checkFields(workspace, published), published };
}

test("checkFields() accepts a package.json with the versions of this release", () => {
  expect(publish({}).problems).toEqual([]);
});

test.each<[Partial<Manifest>, string]>([
  [{ version: "0.2.0" }, "is version 0.2.0"],
  [{ license: "ISC" }, "its licence is ISC"],
  [{ repository: { url: "elsewhere" } }, 'its repository is {"url":"elsewhere"}'],
  [{ dependencies: { "@executus/low": "^0.0.1" } }, 'depends on @executus/low by "^0.0.1"'],
  [{ dependencies: { "@executus/low": "workspace:^" } }, 'depends on @executus/low by "workspace:^"'],
])("checkFields() refuses %j", (fields, problem) => {
  expect(publish(fields).problems).toEqual([problem]);
});

test("releaseTable() aligns what it says of each package", () => {
  expect(releaseTable([publish({}).published])).toBe(
    [
      "package        version  tarball  unpacked  dependencies  peers",
      "@executus/mid  0.0.0     1.2 kB   45.7 kB             1",
    ].join("\n"),
  );
});

test("checkVersions() misses a new version and a changelog, and refuses a version of an app", () => {
  const workspace = createWorkspace();
  workspace.write(".changeset/left.md", "");
  const before = readWorkspace(workspace.root);
  workspace.replace("packages/low/package.json", '"version": "0.0.0"', '"version": "0.1.0"');
  workspace.replace("apps/desk/package.json", '"version": "0.0.0"', '"version": "0.1.0"');
  for (const name of ["low", "next", "mid"]) workspace.write(`packages/${name}/CHANGELOG.md`, "");
  expect(checkVersions(before, readWorkspace(workspace.root))).toEqual([
    "@executus/high is 0.0.0 as before",
    "@executus/mid is 0.0.0 as before",
    "@executus/next is 0.0.0 as before",
    "desk is an app and has become 0.1.0",
    "@executus/high has no CHANGELOG.md",
    "the changeset left.md is still there",
  ]);
});
