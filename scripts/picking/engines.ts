import { labFile } from "../lab/lab.ts";

/** What runs a program. */
export interface Engine {
  /** `"Node 22"`. */
  readonly name: string;
  readonly command: readonly [command: string, ...args: string[]];
  /** The name of the program that it runs. */
  readonly program: "example.mjs" | "example.cjs";
}

const nodes = [22, 24, 26].flatMap((major): readonly Engine[] => {
  const command = [
    labFile(`node${major}`, "bin", process.platform === "win32" ? "node.exe" : "node"),
  ] as const;
  return [
    { name: `Node ${major}`, command, program: "example.mjs" },
    { name: `Node ${major}, require()`, command, program: "example.cjs" },
  ];
});

/** All that a package has to run on, unless its README says otherwise. */
export const engines: readonly Engine[] = [
  ...nodes,
  { name: "Bun", command: [labFile("bun", "bin", "bun.exe"), "run"], program: "example.mjs" },
  {
    name: "Deno",
    command: [process.execPath, labFile("deno", "bin.cjs"), "run", "--allow-all", "--no-prompt"],
    program: "example.mjs",
  },
];
