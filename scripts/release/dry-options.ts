import { parseArgs } from "node:util";

/** What `--help` prints. */
export const help = `usage: pnpm run release:dry [--pick <names>]

Makes the next release without consequences, and says if it would be a good one. Nothing outside of a scratch folder and
tools/lab is written, and nothing is sent but requests for what is installed.

1. installs the engines of tools/lab (other Nodes, Bun, Deno, compilers, a registry; 1 GB, once)
2. copies the repository with what is changed in it, and gives each public package a new version by a changeset
3. publishes them by .ci/publish, as the release workflow does, to a registry on loopback that goes out of order in the
   middle and loses an answer: each time the script is run again, and has to go on where it stopped
4. looks into the tarballs: files, fields, changelogs, source maps, publint and attw
5. picks each package alone from that registry: by npm, pnpm and yarn, on every engine, with every compiler

  --pick lane,run   only these in step 5; "none" is none
  --help            this

It takes some minutes on two cores. The exit code is 0 if there are no problems.`;

/**
 * The names of the packages that are picked, or "help" if only help is asked for.
 *
 * @throws {RangeError} if there is no package of a name: nothing would be picked, and nothing found wrong.
 */
export function choosePackages(
  args: readonly string[],
  names: readonly string[],
): readonly string[] | "help" {
  const options = { pick: { type: "string" }, help: { type: "boolean" } } as const;
  const { pick, help: isHelp } = parseArgs({ args: [...args], options }).values;
  if (isHelp) return "help";
  if (pick === undefined) return names;
  if (pick === "none") return [];
  return pick.split(",").map((word) => {
    const name = word.startsWith("@") ? word : `@executus/${word}`;
    if (names.includes(name)) return name;
    throw new RangeError(`Cannot pick "${word}": there are ${names.join(", ")}`);
  });
}
