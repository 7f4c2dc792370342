/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string };
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly type?: string;
  readonly sideEffects?: unknown;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: { readonly access?: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bundledDependencies?: unknown;
  readonly bundleDependencies?: unknown;
  readonly engines?: { readonly node?: string };
  readonly executus?: {
    readonly layer?: unknown;
    /** Of a core package: the budget of its main entry, minified and gzipped. */
    readonly maxBytes?: unknown;
  };
}

/** What an install of the package brings along, by name: everything but the dev dependencies. */
export function runtimeDependencies(manifest: Manifest): Readonly<Record<string, string>> {
  return { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
}

/** The 1-based line of `"key"` in the text, at or after the line of `"section"`; 1 if it is not there. */
export function lineOfKey(text: string, section: string, key?: string): number {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.includes(`${JSON.stringify(section)}:`));
  if (start < 0) return 1;
  if (key === undefined) return start + 1;
  const offset = lines.slice(start).findIndex((line) => line.includes(JSON.stringify(key)));
  return start + 1 + Math.max(offset, 0);
}
