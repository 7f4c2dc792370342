import { type Agent, defineAgent } from "@executus/harness";
import { z } from "zod";
import type { DeskAgentsOptions } from "./desk-agents.ts";

const patcherInput = z.object({ repo: z.string(), patch: z.string(), model: z.string().optional() });
/** The repository's name, the text of `fix.patch`, and whose model decides (`rules` unless said). */
export type PatcherInput = z.infer<typeof patcherInput>;

export interface PatcherOutput {
  readonly applied: boolean;
  /** Paths that were changed, sorted; none if it was not applied. */
  readonly files: readonly string[];
  /** What became of it, for people. */
  readonly text: string;
}

export function patcherAgent({ lane = "review" }: DeskAgentsOptions): Agent<PatcherInput, PatcherOutput> {
  return defineAgent({
    name: "patcher",
    lane,
    input: patcherInput,
    run: () => ({ applied: false, files: [], text: "Not built yet." }),
  });
}
