import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What was measured: the version of each peer, and where each package of ours was loaded from. */
export interface Measured {
  readonly peers: Readonly<Record<string, string>>;
  /** `dist` is what users get; `src` is measured where the source condition is on. */
  readonly ours: Readonly<Record<string, "dist" | "src">>;
}

const app = join(import.meta.dirname, "../..");

export function readMeasured(): Measured {
  const names = Object.keys(readManifest(app).dependencies ?? {});
  const from = process.execArgv.some((option) => option.includes("@executus/source")) ? "src" : "dist";
  const isOurs = (name: string): boolean => name.startsWith("@executus/");
  return {
    ours: Object.fromEntries(names.filter(isOurs).map((name) => [name, from])),
    peers: Object.fromEntries(
      names
        .filter((name) => !isOurs(name))
        // Not every package exports its package.json.
        .map((name) => [name, readManifest(join(app, "node_modules", name)).version ?? "unknown"]),
    ),
  };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}
