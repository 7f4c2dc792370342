import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

/**
 * How many bytes the main entry of a package adds to a program that uses all of it: in one file, minified and
 * compressed, without what Node brings. Needs a build.
 */
export async function measureSize(packageFolder: string): Promise<number> {
  const build = await rolldown({
    input: join(packageFolder, "dist", "index.js"),
    external: [/^node:/],
    platform: "neutral",
    logLevel: "silent",
  });
  try {
    const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
    return gzipSync(output[0].code, { level: 9 }).length;
  } finally {
    await build.close();
  }
}
