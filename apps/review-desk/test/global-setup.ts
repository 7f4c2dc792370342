import { execFileSync } from "node:child_process";
import { join } from "node:path";

/**
 * Builds the app and the packages that it stands on, for the tests that start it as it is shipped. A build of the same sources is
 * there already, or is what this makes: it changes nothing for the other tests, which run from the sources.
 */
export default function buildApp(): void {
  const app = join(import.meta.dirname, "..");
  const compiler = join(app, "../../node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "-b", app], { stdio: ["ignore", "inherit", "inherit"] });
}
