/**
 * Checks what would be published: each package is packed, its tarball looked into and installed into an empty project, a
 * core package's alone; the example app is installed with all of them. Needs a build. The parts are in `packed/`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkAppInstall } from "./packed/app-install.ts";
import { checkLoneInstall } from "./packed/lone-install.ts";
import { pack } from "./packed/pack.ts";
import { checkPickedInstall } from "./packed/picked-install.ts";
import { checkWithPublishTools } from "./packed/publish-tools.ts";
import { checkSourceMaps } from "./packed/source-maps.ts";
import { checkTarball } from "./packed/tarball-rules.ts";
import { mapLimited } from "./process/map-limited.ts";
import { withScratchFolder } from "./process/scratch-folder.ts";
import { publicPackages, readWorkspace } from "./workspace/read-workspace.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";

/** The app that is installed and run as its users would. */
const exampleApp = "review-desk";

/** Returns a message for each problem: `package: what is wrong`, with the output of a tool below it. */
export async function checkPacked(root: string): Promise<string[]> {
  const workspace = readWorkspace(root);
  const app = workspace.packages.find((pkg) => pkg.name === exampleApp);
  const shipped = [...publicPackages(workspace), ...(app ? [app] : [])];
  const unbuilt = shipped.filter(({ folder }) => !existsSync(join(root, folder, "dist")));
  if (unbuilt.length > 0) return unbuilt.map(({ name }) => `${name}: is not built`);
  return withScratchFolder(async (scratch) => {
    const packages = await mapLimited(publicPackages(workspace), (pkg) => pack(root, pkg, scratch));
    const problems = await mapLimited(packages, async (packed) => [
      ...checkTarball(packed.pkg.name, packed.tarball, { isPublished: true }),
      ...checkSourceMaps(packed.pkg.name, packed.tarball),
      ...(await checkWithPublishTools(packed)),
      ...(packed.pkg.layer === 0
        ? await checkLoneInstall(packed, scratch)
        : await checkPickedInstall(packed, packages, scratch)),
    ]);
    if (!app) return problems.flat();
    const packedApp = await pack(root, app, scratch);
    return [
      ...problems.flat(),
      ...checkTarball(app.name, packedApp.tarball, { isPublished: false }),
      ...(await checkAppInstall(packedApp, packages, scratch)),
    ];
  });
}

if (isMain(import.meta.filename))
  await runCheck(checkPacked, "every package can be published, and picked alone");
