/// <reference lib="esnext.disposable" />
import { onTestFinished } from "vitest";
import { type ChatRequest, openAiServer, type Turn } from "../model/openai-server.ts";

/** A model on a server of its own that reports nothing found, and can be made to keep its answers back. */
export interface HeldModel {
  /** Settings under which the desk finds it, as the model `held`. */
  readonly env: Record<string, string>;
  /** The paths that it was asked about, in order. */
  readonly asked: readonly string[];
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number;
  /** Answers so many more, and holds the rest. */
  answerOnly(count: number): void;
  /** Answers those that wait, and so many more. @default all */
  release(count?: number): void;
  /** Resolves when so many requests wait for an answer. */
  holding(count: number): Promise<void>;
}

export async function heldModel(): Promise<HeldModel> {
  const asked: string[] = [];
  let left = Number.POSITIVE_INFINITY;
  let underWay = 0;
  let mostAtOnce = 0;
  const held: (() => void)[] = [];
  const watchers = new Set<() => void>();
  const server = await openAiServer(async (request): Promise<Turn> => {
    asked.push(pathOf(request));
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    left -= 1;
    if (left < 0) {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        for (const watch of watchers) watch();
      });
    }
    underWay -= 1;
    return { calls: [{ name: "report_findings", input: { findings: [] } }] };
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return {
    env: { EXECUTUS_BASE_URL: server.url },
    asked,
    get mostAtOnce() {
      return mostAtOnce;
    },
    answerOnly(count) {
      left = count;
    },
    release(count = Number.POSITIVE_INFINITY) {
      left = count;
      for (const answer of held.splice(0)) answer();
    },
    holding: (count) =>
      new Promise((resolve) => {
        const watch = (): void => {
          if (held.length < count) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** What the request is about. */
function pathOf({ messages }: ChatRequest): string {
  const text = JSON.stringify(messages.find(({ role }) => role === "user")?.content);
  return /\\"path\\":\\"(.*?)\\"/.exec(text.replaceAll("\\\\", "\\"))?.[1] ?? "";
}
