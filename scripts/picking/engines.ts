import { labFile } from "../lab/lab.ts";

/** What runs a program. */
export interface Engine {
  /** `"Node 22"`. */
  readonly name: string;
  readonly command: readonly [command: string, ...args: string[]];
  /** The name of the program that it runs. */
  readonly program: "example.mjs" | "example.cjs";
}

/** The oldest one that packages ask for, and the newest of each line. */
const nodes = ["22.13", "22", "24", "26"].flatMap((version): readonly Engine[] => {
  const program = process.platform === "win32" ? "node.exe" : "node";
  const command = [labFile(`node${version}`, "bin", program)] as const;
  return [
    { name: `Node ${version}`, command, program: "example.mjs" },
    { name: `Node ${version}, require()`, command, program: "example.cjs" },
  ];
});

/** All that every package has to run on. */
export const engines: readonly Engine[] = [
  ...nodes,
  { name: "Bun", command: [labFile("bun", "bin", "bun.exe"), "run"], program: "example.mjs" },
  {
    name: "Deno",
    command: [process.execPath, labFile("deno", "bin.cjs"), "run", "--allow-all", "--no-prompt"],
    program: "example.mjs",
  },
];
