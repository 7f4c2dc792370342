import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { reportProblem } from "./internal/logger.ts";
import { type Content, isSameContent, readContent } from "./file-read.ts";

/**
 * Calls back when a file has another content than `known`, and after each change, until the function that it returns is called.
 * Events of the folder tell at once that a file was replaced. What they do not tell of, such as a change behind a link, is found
 * by looking every `pollMs`.
 */
export function watchContent(
  path: string,
  pollMs: number,
  known: Content | undefined,
  changed: () => void,
): () => void {
  let watcher: FSWatcher | undefined;
  let isEnded = false;
  let looking: Promise<boolean> = Promise.resolve(false);
  let isLookDue = false;

  async function look(): Promise<boolean> {
    isLookDue = false;
    const content = await readContent(path);
    const isChanged = known !== undefined && !isSameContent(content, known);
    known = content;
    if (isChanged && !isEnded) tell();
    return isChanged;
  }
  function tell(): void {
    try {
      changed();
    } catch (error) {
      reportProblem(undefined, `A listener to the settings file ${JSON.stringify(path)} failed`, error);
    }
  }
  /** One look at a time, and none more than it takes to see the newest content. */
  function lookSoon(): Promise<boolean> {
    if (!isLookDue) looking = looking.then(look);
    isLookDue = true;
    return looking;
  }
  function follow(): void {
    watcher?.close();
    watcher = watchFolder(path, () => void lookSoon());
  }
  async function poll(): Promise<void> {
    // No event told of this change, so the folder may be another one now.
    if ((await lookSoon()) && !isEnded) follow();
  }
  follow();
  void lookSoon();
  const timer = Number.isFinite(pollMs) ? setInterval(() => void poll(), pollMs) : undefined;
  timer?.unref();
  return () => {
    isEnded = true;
    clearInterval(timer);
    watcher?.close();
  };
}

/** Where folders cannot be watched, only polling is left. */
function watchFolder(path: string, onEvent: () => void): FSWatcher | undefined {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, file) => {
      // Kubernetes swaps a link called `..data`.
      if (file === null || file === name || file.startsWith("..")) onEvent();
    });
    return watcher.on("error", () => watcher.close());
  } catch {
    return undefined;
  }
}
