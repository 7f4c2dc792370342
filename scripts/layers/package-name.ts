export interface PackageSpecifier {
  /** `"@executus/lane"`, `"zod"` */
  readonly name: string;
  /** As a key of `exports`: `"."`, `"./persisted"`. */
  readonly subpath: string;
}

/** Splits `"@executus/lane/persisted"` into the package and the entry. */
export function splitSpecifier(specifier: string): PackageSpecifier {
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const rest = specifier.slice(name.length);
  return { name, subpath: `.${rest}` };
}
