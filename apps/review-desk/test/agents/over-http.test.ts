import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { chooseModels } from "../../src/model/choose-models.ts";
import { type ChatRequest, openAiServer, type Turn } from "../model/openai-server.ts";
import { closeChecks, reviewFolder, slow } from "../patch/patch-scene.ts";
import { makeRepository } from "../repository/sandbox.ts";
import { type DeskScene, deskScene, people } from "./desk-scene.ts";

afterAll(closeChecks);

const faulty = "export const f = (a) => a === NaN;\n";

/** A desk whose model `qwen` is on that server. */
async function sceneOver(folder: string, baseUrl: string): Promise<DeskScene> {
  const models = await chooseModels(
    new Map([
      ["model", "qwen"],
      ["baseUrl", baseUrl],
    ]),
  );
  return deskScene(folder, { models });
}

function toolsUsed({ messages }: ChatRequest): readonly unknown[] {
  return messages.filter(({ role }) => role === "tool").map(({ content }) => content);
}

test(
  "patcher with a model over HTTP: a member's model reads the denial, an admin's that it is done",
  slow,
  async () => {
    const { folder, commit } = makeRepository();
    commit({ "a.js": faulty });
    const patch = await (await reviewFolder(folder)).patch();
    await using server = await openAiServer((request): Turn =>
      toolsUsed(request).length === 0
        ? { calls: [{ name: "apply_patch", input: {} }] }
        : { text: "That is all." },
    );
    const scene = await sceneOver(folder, server.url);
    const refused = "IDENTITY_FORBIDDEN: Cannot do this: it is not allowed";
    expect(await scene.patch(people.bo, patch, "qwen")).toEqual({
      applied: false,
      files: [],
      text: `fix.patch was not applied: apply_patch was refused: ${refused}\nqwen: That is all.`,
    });
    expect(toolsUsed(server.requests[1]?.body as ChatRequest)).toEqual(["Cannot do this: it is not allowed"]);
    expect(await scene.patch(people.ada, patch, "qwen")).toMatchObject({ applied: true, files: ["a.js"] });
    expect(toolsUsed(server.requests[3]?.body as ChatRequest)).toEqual(['{"ok":true,"files":["a.js"]}']);
    expect(readFileSync(join(folder, "a.js"), "utf8")).toBe("export const f = (a) => isNaN(a);\n");
  },
);

test(
  "a cell's model over HTTP asks for a second opinion, which reads for itself, and reports",
  slow,
  async () => {
    const { folder, commit } = makeRepository();
    commit({ "a.js": faulty });
    const about = { line: 1, rule: "oxlint/use-isnan", question: "Is it?" };
    const finding = {
      line: 1,
      severity: "error",
      rule: "oxlint/use-isnan",
      message: "NaN",
      evidence: "opinion",
    };
    const answers: Readonly<Record<string, readonly Turn[]>> = {
      report_findings: [
        { calls: [{ name: "second_opinion", input: about }] },
        { calls: [{ name: "report_findings", input: { findings: [finding] } }] },
      ],
      give_opinion: [
        { calls: [{ name: "look_closer", input: { line: 1, question: "what" } }] },
        { calls: [{ name: "give_opinion", input: { agrees: true, why: "It compares with NaN." } }] },
      ],
      read_hunk: [
        { calls: [{ name: "read_hunk", input: { path: "a.js", line: 1 } }] },
        { text: "It compares." },
      ],
    };
    await using server = await openAiServer((request): Turn => {
      const names = request.tools?.map((each) => each.function.name) ?? [];
      const part =
        ["report_findings", "give_opinion", "read_hunk"].find((name) => names.includes(name)) ?? "";
      return answers[part]?.[toolsUsed(request).length] ?? { text: "?" };
    });
    const [result] = await (await sceneOver(folder, server.url)).review("qwen", ["correctness"]);
    expect(result).toMatchObject({
      findings: [{ rule: "oxlint/use-isnan", models: ["qwen"] }],
      refusals: [],
    });
    const read = server.requests.flatMap(({ body }) => toolsUsed(body));
    expect(read).toContain("It compares.");
    expect(read).toContain('{"agrees":true,"why":"It compares with NaN."}');
  },
);
