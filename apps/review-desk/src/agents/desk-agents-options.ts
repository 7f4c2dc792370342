import type { Logger } from "@executus/ai-sdk";
import type { DispatchGuard } from "@executus/dispatchguard";
import type { Checks } from "../checks/checks.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import type { Repository } from "../repository/repository.ts";

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
