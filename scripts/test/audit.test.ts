import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { audit } from "../audit.ts";
import { createFolder, type FixtureWorkspace } from "./fixture-workspace.ts";

const lockfile = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      is-odd:
        specifier: 3.0.1
        version: 3.0.1
packages:
  is-odd@3.0.1:
    resolution: {integrity: sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA==}
snapshots:
  is-odd@3.0.1: {}
`;

/** A project with one dependency, and a registry that answers each question about vulnerabilities in this way. */
async function createProject(status: number, answer: unknown): Promise<FixtureWorkspace> {
  const registry = createServer((request, response) => {
    request.resume().on("end", () => {
      const isQuestion = request.url?.endsWith("/advisories/bulk") === true;
      response.writeHead(isQuestion ? status : 404).end(JSON.stringify(isQuestion ? answer : {}));
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void registry.close());
  return projectAt((registry.address() as AddressInfo).port);
}

function projectAt(port: number): FixtureWorkspace {
  const project = createFolder();
  project.write("package.json", '{ "name": "low", "private": true, "dependencies": { "is-odd": "3.0.1" } }');
  project.write("pnpm-workspace.yaml", "packages: []\npmOnFail: ignore\n");
  project.write("pnpm-lock.yaml", lockfile);
  project.write(".npmrc", `registry=http://127.0.0.1:${port}/\n`);
  return project;
}

function advisory(severity: string): unknown {
  const text = { title: "Counts wrongly", url: "https://example.org/1", vulnerable_versions: "<=3.0.1" };
  return { "is-odd": [{ id: 1, severity, cwe: [], cvss: { score: 8, vectorString: null }, ...text }] };
}

async function run({ root }: FixtureWorkspace) {
  const told: string[] = [];
  return { problems: await audit(root, (line) => told.push(line)), told };
}

test.each(["high", "critical"])("audit() fails on a vulnerability of %s severity", async (severity) => {
  const { problems, told } = await run(await createProject(200, advisory(severity)));
  expect(problems).toEqual([expect.stringMatching(/^\.: has known vulnerabilities:\n[^]*Counts wrongly/)]);
  expect(told).toEqual([]);
});

test("audit() passes over what is less severe, and what nobody knows anything of", async () => {
  expect(await run(await createProject(200, advisory("moderate")))).toEqual({ problems: [], told: [] });
  expect(await run(await createProject(200, {}))).toEqual({ problems: [], told: [] });
});

test.each([404, 405, 503])(
  "audit() fails nothing when the registry answers with %s, and says so",
  async (status) => {
    const { problems, told } = await run(await createProject(status, {}));
    expect(problems).toEqual([]);
    expect(told).toEqual([".: was not audited, the registry gave no answer"]);
  },
);

test("audit() fails nothing when there is no registry", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { problems, told } = await run(projectAt(port));
  expect(problems).toEqual([]);
  expect(told).toEqual([".: was not audited, the registry gave no answer"]);
});
