import type { Published } from "./published.ts";

/** A table of what was published: versions, sizes, how many packages each brings along by itself. */
export function releaseTable(published: readonly Published[]): string {
  const rows = published.map(({ pkg, manifest, tarballBytes, unpackedBytes }) => [
    pkg.name,
    manifest.version ?? "",
    kilobytes(tarballBytes),
    kilobytes(unpackedBytes),
    `${Object.keys(manifest.dependencies ?? {}).length}`,
    Object.keys(manifest.peerDependencies ?? {}).join(", "),
  ]);
  const table = [["package", "version", "tarball", "unpacked", "dependencies", "peers"], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const isNumber = (column: number): boolean => column >= 2 && column <= 4;
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
