import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { OutFile, Receipt } from "../src/index.ts";
import { createDeliverer } from "../src/index.ts";
import { fileTransport } from "../src/file.ts";

/** A folder of this test only, removed when it ends. */
export async function temporaryRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "deliver-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

export interface Delivery {
  readonly to?: string;
  readonly text?: string;
  readonly format?: "plain" | "markdown";
  readonly files?: readonly OutFile[];
  readonly signal?: AbortSignal;
}

/** Delivers through a deliverer with a file transport, as a user does. */
export async function deliverTo(root: string, delivery: Delivery): Promise<Receipt> {
  const { to = ".", text = "", format, files, signal } = delivery;
  const deliverer = createDeliverer(fileTransport({ root }));
  return await deliverer.deliver({ channel: "file", to }, { key: "k", text, format, files }, { signal });
}

/** Everything below a folder: paths with `/`, to what each file holds, or to its kind. */
export async function contents(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1).replaceAll("\\", "/");
    if (entry.isFile()) found[name] = await readFile(path, "utf8");
    else found[name] = entry.isDirectory() ? "<folder>" : "<link>";
  }
  return found;
}
