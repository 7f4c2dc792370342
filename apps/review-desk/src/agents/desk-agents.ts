import type { Logger } from "@executus/ai-sdk";
import type { DispatchGuard } from "@executus/dispatchguard";
import type { Agent, AnyAgent, RunContext } from "@executus/harness";
import type { Checks } from "../checks/checks.ts";
import { drillNotice } from "../model/drill-models.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import type { Repository } from "../repository/repository.ts";
import type { Cell } from "../review/cell.ts";
import type { CellHelpers } from "../review/helpers.ts";
import { handBackTool } from "./hand-back.ts";
import { type PatcherInput, type PatcherOutput, patcherAgent } from "./patcher.ts";
import {
  type SecondOpinion,
  type SecondOpinionInput,
  secondOpinionAgent,
  secondOpinionTool,
} from "./second-opinion.ts";

export interface DeskAgentsOptions {
  /** Opens a repository by the name in a run's input; rejects for a name that is not there. */
  readonly openRepository: (
    name: string,
    options: { readonly base?: string | undefined; readonly signal: AbortSignal },
  ) => Promise<Repository>;
  readonly checks: Checks;
  /** The models of ids such as `rules` and `drill:restless`; rejects for one that the desk does not have. */
  readonly chooseModels: (ids: readonly string[]) => Promise<readonly ReviewModel[]>;
  /** The harness's own: tools that run an agent outside of it are judged by it too. */
  readonly guard: DispatchGuard;
  /** Whose slots the agents take. @default "review" */
  readonly lane?: string | undefined;
  /** Told of what would be silent. @default process warnings */
  readonly logger?: Logger | undefined;
}

/** What a review works on, as its run's input names it. */
export interface ReviewedRepository {
  readonly repo: string;
  readonly base?: string | undefined;
}

export interface DeskAgents {
  /** Applies a patch if the caller may; its text says what became of it, also of a refusal. */
  readonly patcher: Agent<PatcherInput, PatcherOutput>;
  /** Looks at one finding once more. */
  readonly secondOpinion: Agent<SecondOpinionInput, SecondOpinion>;
  /** All of them, for `createHarness`. */
  readonly agents: readonly AnyAgent[];
  /**
   * What the cells of a run are given beside their own tools, for `reviewCell(cell, { …, helpers: helpersOf(cell) })`. To be called
   * in the code of the run, not in a cell: what the helpers start stands below that run.
   */
  cellHelpers(context: RunContext, reviewed: ReviewedRepository): (cell: Cell) => CellHelpers;
}

/** The agents of the desk beyond `review`. */
export function deskAgents(options: DeskAgentsOptions): DeskAgents {
  const patcher = patcherAgent(options);
  const secondOpinion = secondOpinionAgent(options);
  return {
    patcher,
    secondOpinion,
    agents: [patcher, secondOpinion],
    cellHelpers: (context, reviewed) => (cell) => ({
      tools: {
        second_opinion: secondOpinionTool(context, secondOpinion, { ...reviewed, cell }),
        ...(drillNotice(cell.model.id) !== undefined && { hand_back: handBackTool(context, reviewed) }),
      },
      telemetry: [],
    }),
  };
}
