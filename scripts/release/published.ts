import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTarball, type Tarball } from "../packed/read-tarball.ts";
import type { Manifest } from "../workspace/manifest.ts";
import type { WorkspacePackage } from "../workspace/read-workspace.ts";

/** A package as the registry has it. */
export interface Published {
  readonly pkg: WorkspacePackage;
  /** Of the tarball. */
  readonly manifest: Manifest;
  readonly file: string;
  readonly tarball: Tarball;
  readonly tarballBytes: number;
  readonly unpackedBytes: number;
}

interface RegistryAnswer {
  readonly versions?: Readonly<Record<string, { readonly dist: { readonly tarball: string } }>>;
}

/** The versions that a registry has of a package; empty if it does not know it. */
export async function publishedVersions(registryUrl: string, name: string): Promise<readonly string[]> {
  return Object.keys((await ask(registryUrl, name)).versions ?? {});
}

/** Downloads what was published of a package of the workspace. @throws {Error} if its version is not there. */
export async function download(
  registryUrl: string,
  pkg: WorkspacePackage,
  scratch: string,
): Promise<Published> {
  const { version = "" } = pkg.manifest;
  const url = (await ask(registryUrl, pkg.name)).versions?.[version]?.dist.tarball;
  if (url === undefined) throw new Error(`The registry has no ${pkg.name}@${version}`);
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
  const file = join(scratch, `${pkg.folder.replaceAll("/", "-")}-published.tgz`);
  writeFileSync(file, bytes);
  const tarball = readTarball(file);
  const unpackedBytes = [...tarball.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const manifest = JSON.parse(tarball.get("package.json") ?? "{}") as Manifest;
  return { pkg, manifest, file, tarball, tarballBytes: bytes.length, unpackedBytes };
}

async function ask(registryUrl: string, name: string): Promise<RegistryAnswer> {
  const response = await fetch(`${registryUrl}${name.replace("/", "%2f")}`);
  return (await response.json()) as RegistryAnswer;
}
