import { readFileSync } from "node:fs";
import { applyPatch } from "../../src/patch/apply-patch.ts";
import { openRepository } from "../../src/repository/open-repository.ts";

/** Applies the patch on stdin to the folder that is named, and prints the code of what goes wrong. */
const repository = await openRepository(process.argv[2] ?? "");
try {
  process.stdout.write((await applyPatch(repository, readFileSync(0, "utf8"))).join(" "));
} catch (error) {
  process.stdout.write(String((error as { readonly code?: unknown }).code));
}
