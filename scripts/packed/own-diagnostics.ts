/**
 * What a compiler says of a project and of this repository's packages in it; `undefined` if that is nothing. Other
 * packages have declarations that do not hold in every project: that is theirs.
 *
 * @param name - the package under test.
 */
export function ownDiagnostics(output: string, name: string): string | undefined {
  const diagnostics = output.trimEnd().split(/\r?\n(?=\S)/);
  const own = diagnostics.filter((text) => {
    const path = /^\S*\/node_modules\/\S*/.exec(`/${text}`)?.[0];
    return path === undefined || path.includes("/@executus/") || path.includes(`/node_modules/${name}/`);
  });
  return own.length > 0 ? own.join("\n") : undefined;
}
