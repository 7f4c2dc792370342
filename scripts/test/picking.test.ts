import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ownDiagnostics } from "../packed/own-diagnostics.ts";
import { readExample, toCommonJs, toFunction, toModule } from "../picking/example.ts";
import { createProject, type PackageManager } from "../picking/package-managers.ts";
import { checkWorkerClaim } from "../picking/worker.ts";
import { createFolder } from "./fixture-workspace.ts";

const code = `import { join as put } from "node:path";
import os, { EOL } from "node:os";

interface Place {
  readonly path: string;
}
const place: Place = { path: put("a", "b") };
console.log(await Promise.resolve(place.path.length), typeof os.tmpdir(), EOL.length > 0);
`;

function run(file: string, text: string): string {
  const { root, write } = createFolder();
  write(file, text);
  return spawnSync(process.execPath, [join(root, file)], { encoding: "utf8" }).stdout;
}

test("toModule(), toCommonJs() and toFunction() give programs that do what the example does", () => {
  expect(run("example.mjs", toModule(code))).toBe("3 string true\n");
  expect(run("example.cjs", toCommonJs(code))).toBe("3 string true\n");
  expect(run("example.mjs", `${toFunction(code)}await run();`)).toBe("3 string true\n");
});

test("toCommonJs() requires, and toFunction() does nothing by itself", () => {
  expect(toCommonJs(code)).toMatch(
    /^const \{ join: put \} = require\("node:path"\);\nconst \{ default: os = require\("node:os"\), EOL: EOL \} = /,
  );
  expect(run("example.mjs", toFunction(code))).toBe("");
});

test("readExample() finds the first example, what it prints and what to install for it", () => {
  const fence = "```";
  const readme = `# low\n\n\`npm install low pg\` · not \`npm i other\`\n\n${fence}ts\nlow();\n${fence}\n\n${fence}text\nlow\n${fence}\n`;
  expect(readExample(readme)).toEqual({ line: 5, code: "low();", output: "low", installs: ["low", "pg"] });
  expect(readExample(`${fence}sh\nnpm i low\n${fence}\n\n${fence}ts\nlow();\n${fence}\n`)).toMatchObject({
    installs: ["low"],
  });
  expect(readExample("# low\n")).toBeUndefined();
});

test.each([
  ["example.ts(1,1): error TS1: no", "low", true],
  ["node_modules/low/dist/index.d.ts(1,1): error TS1: no", "low", true],
  ["node_modules/.pnpm/x@1/node_modules/@executus/lane/dist/index.d.ts(1,1): error TS1: no", "low", true],
  ["node_modules/zod/index.d.ts(1,1): error TS1: no\n  because of that", "low", false],
  ["../node_modules/.pnpm/zod@4/node_modules/zod/index.d.ts(1,1): error TS1: no", "low", false],
  ["error TS5: no such option", "low", true],
  ["", "low", true],
])("ownDiagnostics() says whose %j is", (output, name, isOwn) => {
  expect(ownDiagnostics(output, name)).toBe(isOwn ? output : undefined);
});

test("ownDiagnostics() keeps ours out of many, with what explains them", () => {
  const own = "example.ts(1,1): error TS1: no\n  because of that";
  expect(
    ownDiagnostics(
      `node_modules/zod/a.d.ts(1,1): error\n  it\n${own}\nnode_modules/b/c.d.ts(2,1): error\n`,
      "low",
    ),
  ).toBe(own);
});

/** Puts each package that it is asked for into the project; `low` leaves `ai` to its user, who may do without `pg`. */
function fakeManager(fields: Partial<PackageManager>): PackageManager {
  const peers = {
    peerDependencies: { ai: "^7", pg: "^8" },
    peerDependenciesMeta: { pg: { optional: true } },
  };
  const program = `
    const fs = require("node:fs");
    const project = JSON.parse(fs.readFileSync("package.json", "utf8"));
    for (const name of process.argv.slice(1)) {
      if (name === "gone") throw new Error("no such package");
      const [bare] = name.split("@");
      fs.mkdirSync("node_modules/" + bare, { recursive: true });
      fs.writeFileSync("node_modules/" + bare + "/package.json", bare === "low" ? ${JSON.stringify(JSON.stringify(peers))} : "{}");
      project.dependencies = { ...project.dependencies, [bare]: "*" };
    }
    fs.writeFileSync("package.json", JSON.stringify(project));`;
  const add = [process.execPath, "-e", program] as const;
  return { name: "npm", add, bringsPeers: false, files: (url) => ({ ".npmrc": url }), ...fields };
}

function installed(root: string): string[] {
  const text = readFileSync(new URL("project/package.json", pathToFileURL(`${root}/`)), "utf8");
  return Object.keys(
    (JSON.parse(text) as { readonly dependencies?: Record<string, string> }).dependencies ?? {},
  );
}

test("createProject() adds what is wanted, and the peers where the package manager leaves them out", async () => {
  const { root, read } = createFolder();
  const wanted = { packages: ["low@1.0.0"], types: { "@types/node": "^24" } };
  expect(
    await createProject(fakeManager({}), join(root, "project"), "http://registry/", wanted),
  ).toBeUndefined();
  expect(installed(root)).toEqual(["low", "ai"]);
  expect(JSON.parse(read("project/package.json"))).toMatchObject({
    private: true,
    devDependencies: wanted.types,
  });
  expect(read("project/.npmrc")).toBe("http://registry/");
});

test("createProject() leaves peers to a package manager that brings them", async () => {
  const { root } = createFolder();
  const wanted = { packages: ["low"], types: {} };
  await createProject(fakeManager({ bringsPeers: true }), join(root, "project"), "http://registry/", wanted);
  expect(installed(root)).toEqual(["low"]);
});

test("createProject() says what could not be added, and why", async () => {
  const { root } = createFolder();
  const wanted = { packages: ["gone"], types: {} };
  expect(await createProject(fakeManager({}), join(root, "project"), "http://registry/", wanted)).toMatch(
    /^npm cannot add gone:\n[^]*no such package/,
  );
});

test.each([
  ["Node, Bun and workers.", []],
  ["Node, Bun and workers, but for `./file`.", ["./file"]],
  ["Node and a worker, but for `./a`, `./b` and `./c`; not more", ["./c", "./b", "./a"]],
])("checkWorkerClaim() accepts %j where %j need Node", (readme, exceptions) => {
  expect(checkWorkerClaim("low", readme, exceptions)).toEqual([]);
});

test("checkWorkerClaim() refuses a README that says nothing, too much or too little", () => {
  expect(checkWorkerClaim("low", "Node.", [])).toEqual(["low: the README does not say what runs in workers"]);
  expect(checkWorkerClaim("low", "Bun, workers.", ["./file"])).toEqual([
    'low: in workers there is no place for `./file`, and the README says "workers."',
  ]);
  expect(checkWorkerClaim("low", "workers, but for `./file`.", [])).toEqual([
    'low: in workers there is no place for nothing, and the README says "workers, but for `./file`."',
  ]);
});
