import { createDispatchGuard, type DispatchGuardOptions } from "@executus/dispatchguard";
import { createHarness, defineAgent, type HarnessEvent, type HarnessOptions } from "@executus/harness";
import { allowRoles, createIdentity, memoryMembers } from "@executus/identity";
import { onTestFinished } from "vitest";
import { deskAgents, type DeskAgents } from "../../src/agents/desk-agents.ts";
import { chooseModels, type ReviewModel } from "../../src/model/choose-models.ts";
import type { SecondOpinionInput } from "../../src/agents/second-opinion.ts";
import { openRepository } from "../../src/repository/open-repository.ts";
import type { ReviewFile } from "../../src/repository/review-file.ts";
import { type CellResult, reviewCell } from "../../src/review/cell.ts";
import { reviewers } from "../../src/review/reviewers.ts";
import { sharedChecks } from "../patch/patch-scene.ts";

const ada = { platform: "desk", id: "ada" };
const bo = { platform: "desk", id: "bo" };
export const people = { ada, bo };

export interface DeskScene {
  readonly agents: DeskAgents;
  readonly events: readonly HarnessEvent[];
  /** What the guard did, by target: `second-opinion/reader`. */
  readonly started: readonly string[];
  /** Runs `patcher` below a run of somebody. */
  patch(who: typeof ada, patch: string, model?: string): Promise<unknown>;
  /** Asks for a second opinion below a run of `bo`. */
  opinion(input: SecondOpinionInput): Promise<unknown>;
  /** Reviews every file as the given reviewers with one model, each cell a job of the run; gives what the cells gave. */
  review(model: string, names?: readonly string[]): Promise<readonly (CellResult | string)[]>;
}

export interface DeskSceneOptions {
  readonly limits?: DispatchGuardOptions["limits"];
  readonly slots?: number;
  /** By id, before those of the desk. */
  readonly models?: readonly ReviewModel[];
  readonly harness?: Partial<HarnessOptions>;
}

interface ReviewSceneInput {
  readonly patch?: string;
  readonly model?: string;
  readonly names?: readonly string[];
  readonly opinion?: SecondOpinionInput;
}

/** A harness with the desk's agents, a member `bo` and an admin `ada`, over one folder. */
export function deskScene(
  folder: string,
  { limits, slots = 1, models = [], harness: more }: DeskSceneOptions = {},
): DeskScene {
  const checks = sharedChecks();
  const started: string[] = [];
  const guard = createDispatchGuard({
    limits,
    onEvent: (event) => {
      if (event.type === "dispatch-start") started.push(event.path.map(({ id }) => id).join("/"));
    },
  });
  const events: HarnessEvent[] = [];
  const choose = async (ids: readonly string[]): Promise<readonly ReviewModel[]> => {
    const own = models.filter(({ id }) => ids.includes(id));
    return own.length > 0 ? own : chooseModels(new Map([["model", ids.join(",")]]));
  };
  const agents = deskAgents({
    openRepository: (_name, options) => openRepository(folder, options),
    checks,
    chooseModels: choose,
    guard,
    logger: { warn: () => {} },
  });
  const review = defineAgent({
    name: "review",
    lane: "review",
    run: async (context, { patch, model, names, opinion }: ReviewSceneInput) => {
      if (opinion !== undefined) return await context.dispatch(agents.secondOpinion, opinion);
      if (patch !== undefined) return await context.dispatch(agents.patcher, { repo: "shop", patch, model });
      const repository = await openRepository(folder);
      const files = new Map<string, ReviewFile>();
      for await (const file of repository.files()) if (file.kind === "file") files.set(file.path, file);
      const [chosen] = await choose([model ?? ""]);
      const helpersOf = agents.cellHelpers(context, { repo: "shop" });
      const targets = reviewers.filter(({ name }) => names?.includes(name) ?? true);
      const grid = await context.fanout(files.values(), targets, (file, reviewer, { signal }) => {
        const cell = { file, reviewer, model: chosen as ReviewModel };
        return reviewCell(cell, { repository, checks, files, signal, helpers: helpersOf(cell) });
      });
      return grid.rows.flat().map((cell) => (cell.status === "fulfilled" ? cell.value : String(cell.reason)));
    },
  });
  const harness = createHarness({
    agents: [review, ...agents.agents],
    lanes: { review: { maxConcurrent: slots } },
    guard,
    identity: createIdentity({
      policy: allowRoles({ admin: ["*"], member: ["run:review"] }),
      resolver: memoryMembers([
        { subject: ada, roles: ["admin"] },
        { subject: bo, roles: ["member"] },
      ]),
    }),
    onEvent: (event) => events.push(event),
    logger: { warn: () => {} },
    ...more,
  });
  onTestFinished(() => harness.close({ graceMs: 0 }).then(() => {}));
  return {
    agents,
    events,
    started,
    async opinion(opinion) {
      const run = await harness.submit(review, { opinion }, { caller: bo });
      return await run.result;
    },
    async patch(caller, patch, model) {
      const run = await harness.submit(review, { patch, ...(model !== undefined && { model }) }, { caller });
      return await run.result;
    },
    async review(model, names) {
      const run = await harness.submit(review, { model, ...(names && { names }) }, { caller: bo });
      return (await run.result) as readonly (CellResult | string)[];
    },
  };
}
