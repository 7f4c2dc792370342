import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Figures, RoundOptions } from "./measure-rounds.ts";

/** What a measuring process is asked for. */
export interface ChildRequest extends RoundOptions {
  readonly caseName: string;
  /** @default all of the case */
  readonly entryNames?: readonly string[] | undefined;
}

const extension = import.meta.filename.endsWith(".ts") ? "ts" : "js";
const childMain = join(import.meta.dirname, `child-main.${extension}`);
const heapMegabytes = 6_000;

/** Measures in a process of its own. The parent's Node options hold there too, such as export conditions. */
export async function measureInChild(request: ChildRequest): Promise<Figures> {
  const execArgv = [...process.execArgv, "--expose-gc", `--max-old-space-size=${heapMegabytes}`];
  const child = fork(childMain, [JSON.stringify(request)], { execArgv });
  let figures: Figures | undefined;
  child.on("message", (message) => {
    figures = message as Figures;
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0 && figures !== undefined) return figures;
  throw new Error(`Cannot measure ${request.caseName}: its process ended with ${code ?? "a signal"}`);
}
