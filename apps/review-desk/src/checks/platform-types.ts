/**
 * Declarations of the calls that return promises in browsers and in Node, for the type checker that
 * finds forgotten ones. They stand in for `lib.dom` and `@types/node`, which take longer to read than
 * most files take to check; a call that is not listed has an unknown type and is never reported.
 * @module
 */

const anyArguments = "(...rest: any[])";

function declareFunctions(names: string): string {
  return names
    .split(" ")
    .map((name) => `export function ${name}${anyArguments}: Promise<any>;`)
    .join("\n");
}

const fileSystem = declareFunctions(
  "access appendFile chmod chown copyFile cp lchown link lstat lutimes mkdir mkdtemp open opendir " +
    "readFile readdir readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes writeFile",
);

const modules: Readonly<Record<string, string>> = {
  "fs/promises": fileSystem,
  "stream/promises": declareFunctions("finished pipeline"),
  "timers/promises": declareFunctions("setImmediate setTimeout"),
};

function declareModule([name, body]: readonly [string, string]): string {
  const whole = `${body}\nconst all: typeof import("node:${name}");\nexport default all;`;
  return `declare module "node:${name}" {\n${whole}\n}\ndeclare module "${name}" {\nexport * from "node:${name}";\nexport { default } from "node:${name}";\n}`;
}

const globals = `
interface Body {
  arrayBuffer(): Promise<ArrayBuffer>; blob(): Promise<any>; bytes(): Promise<Uint8Array>;
  formData(): Promise<any>; json(): Promise<any>; text(): Promise<string>;
  [name: string]: any;
}
interface Response extends Body {}
declare function fetch${anyArguments}: Promise<Response>;
declare function createImageBitmap${anyArguments}: Promise<any>;
declare const navigator: {
  clipboard: { readText(): Promise<string>; writeText(text: string): Promise<void>; [name: string]: any };
  [name: string]: any;
};
`;

const fsModule = (name: string): string =>
  `declare module "${name}" { export const promises: typeof import("node:fs/promises"); const all: { promises: typeof promises; [name: string]: any }; export default all; }`;

export const platformTypes: string = [
  globals,
  ...Object.entries(modules).map(declareModule),
  fsModule("node:fs"),
  fsModule("fs"),
].join("\n");
