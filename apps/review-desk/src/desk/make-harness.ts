import type { Deliverer } from "@executus/deliver";
import { createDispatchGuard } from "@executus/dispatchguard";
import { createHarness, type Harness, type HarnessEvent } from "@executus/harness";
import type { Identity } from "@executus/identity";
import type { Logger } from "pino";
import { deskAgents } from "../agents/desk-agents.ts";
import type { Checks } from "../checks/checks.ts";
import type { ReviewModel } from "../model/choose-models.ts";
import type { DeskLanes } from "./desk-lanes.ts";
import { chooseAmong } from "./desk-models.ts";
import { openNamed } from "./open-named.ts";
import type { OpenRuns } from "./open-runs.ts";
import type { DeskStore } from "./open-store.ts";
import { reviewAgent } from "./review-agent.ts";
import type { Settings } from "./settings.ts";

export interface HarnessParts {
  readonly settings: Settings;
  readonly lanes: Pick<DeskLanes, "choices">;
  readonly store: DeskStore;
  readonly deliver: Deliverer;
  readonly identity: Identity;
  readonly models: readonly ReviewModel[];
  readonly checks: Checks;
  readonly runs: OpenRuns;
  readonly log: Logger;
}

/**
 * A review is wide and shallow: each of its cells may ask somebody, and the patcher comes last. So the width is only what a
 * runaway would come to; depth, cycles and repeats are refused as everywhere.
 */
const guardLimits = { maxFanOut: 20_000, maxDispatches: 50_000, maxConcurrent: 1_000 };

/** The harness of the desk, with its agents. */
export function makeHarness(parts: HarnessParts): Harness {
  const { settings, lanes, store, deliver, identity, models, checks, runs, log } = parts;
  const repos = settings.get("repos");
  const guard = createDispatchGuard({ limits: guardLimits, logger: log });
  const agents = deskAgents({
    openRepository: (name, options) => openNamed(repos, name, options),
    checks,
    chooseModels: async (ids) => chooseAmong(models, ids),
    guard,
    logger: log,
  });
  const modelMaxConcurrent = settings.live("modelMaxConcurrent");
  const lease = settings.get("lease");
  return createHarness({
    agents: [reviewAgent({ repos, models, checks, modelMaxConcurrent, agents }), ...agents.agents],
    guard,
    lanes: lanes.choices,
    store,
    deliver,
    identity,
    persist: { leaseMs: lease },
    outbox: { deadlineMs: settings.get("deliveryDeadline"), leaseMs: lease },
    retentionMs: settings.get("retention"),
    logger: log,
    onEvent: (event) => {
      runs.tell(event);
      logEvent(log, event);
    },
  });
}

function logEvent(log: Logger, event: HarnessEvent): void {
  if (event.type === "run-ended") {
    const { runId, agent, state, failure } = event;
    log.info({ runId, agent, state, failure }, "run ends");
  } else if (event.type === "cap-changed") {
    const { lane, maxConcurrent } = event;
    log.info({ lane, maxConcurrent }, "cap changes");
  }
}
