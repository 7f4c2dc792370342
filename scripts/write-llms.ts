/**
 * Writes the lines of the packages into `llms.txt`, from their manifests and codes. A test says when that is due.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageLines } from "./docs/package-lines.ts";
import { repository } from "./process/run-command.ts";
import { readWorkspace } from "./workspace/read-workspace.ts";

const file = join(repository, "llms.txt");
const text = readFileSync(file, "utf8");
const lines = packageLines(readWorkspace(repository));
writeFileSync(
  file,
  text.replace(/(\n## Packages\n\n)(?:- .*\n)*/, (_, heading: string) => `${heading}${lines.join("\n")}\n`),
);
