import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deskFolder } from "../service/desk-process.ts";
import { webhookReceiver } from "../service/webhook-receiver.ts";

test.skipIf(process.platform === "win32")(
  "scene 3: report, SARIF and patch are made during the run and arrive once, with the final message",
  async () => {
    const receiver = await webhookReceiver();
    const folder = deskFolder({ channels: { team: receiver.channel } });
    folder.repository("shop", {
      "src/a.js": "debugger;\nexport const a = 1;\n",
      "src/b.js": "export const b = 2;\n",
    });
    const desk = await folder.start();
    const bo = desk.as("bo");

    const { id } = (await bo.submit({ repo: "shop" }, { destinations: ["team"] })).body;
    const run = await bo.ended(id);
    await receiver.received(1);
    expect(await desk.stop()).toBe(0);

    const told = receiver.messages.map(({ text, files }) => ({
      text,
      names: files.map(({ name }) => name).sort(),
    }));
    const names = ["findings.json", "findings.sarif", "fix.patch", "report.md"];
    expect(told).toEqual([{ text: run.result.text, names }]);
    expect(run.files.map(({ name }: { name: string }) => name).sort()).toEqual(names);
    const patch = Buffer.from(
      receiver.messages[0]?.files.find(({ name }) => name === "fix.patch")?.base64 ?? "",
      "base64",
    );
    const copy = join(folder.path, "copy");
    cpSync(join(folder.path, "repos/shop"), copy, { recursive: true });
    writeFileSync(join(folder.path, "fix.patch"), patch);
    execFileSync("git", ["apply", "--check", join(folder.path, "fix.patch")], { cwd: copy });
    expect(patch.toString()).toContain("-debugger;");
    expect(patch.toString()).not.toContain("b.js");
  },
);
