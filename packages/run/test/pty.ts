import { fileURLToPath } from "node:url";
import type * as nodePty from "@lydell/node-pty";

/** The module, or why there is none: not every platform has one ready-made. */
export const pty: typeof nodePty | string =
  process.platform === "win32"
    ? "no pseudo-terminal that answers escape codes as they were written on Windows"
    : await import("@lydell/node-pty").catch(({ message }: Error) => message);

export interface Session {
  readonly process: nodePty.IPty;
  /** Everything written so far. */
  readonly output: string;
  /** Resolves once the output holds the text. */
  until(text: string): Promise<void>;
  /** Resolves with the exit code, or the signal's number. */
  readonly ended: Promise<number>;
}

/** Starts the app of `fixtures` in a pseudo-terminal of that size. */
export function openSession(args: string[], size: { cols: number; rows: number }, env: object = {}): Session {
  if (typeof pty === "string") throw new Error(pty);
  const app = fileURLToPath(new URL("fixtures/terminal-app.ts", import.meta.url));
  const variables = { PATH: process.env["PATH"], ...env } as Record<string, string>;
  const child = pty.spawn(process.execPath, [app, ...args], { ...size, env: variables });
  let output = "";
  const waiting = new Set<() => void>();
  child.onData((data) => {
    output += data;
    for (const check of waiting) check();
  });
  const ended = new Promise<number>((resolve) =>
    child.onExit(({ exitCode, signal }) => resolve(signal || exitCode)),
  );
  return {
    process: child,
    ended,
    get output() {
      return output;
    },
    until: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!output.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}
