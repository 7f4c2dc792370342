/** What a package does not run on, by the name of the engine, and the words of its README that say so. */
const unsupported: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

export function isUnsupported(packageName: string, engine: string): string | undefined {
  return unsupported[packageName]?.[engine];
}
