import { createLane, type Lane, type LaneOptions } from "@executus/lane";
import { type PersistedEvent, type PersistedLane, persistLane } from "@executus/lane/persisted";
import type { HarnessEvent } from "./events/event.ts";
import type { HarnessOptions, LaneChoice, ReconstructRun } from "./options.ts";

export interface LaneParts {
  readonly options: HarnessOptions;
  readonly reconstruct: ReconstructRun;
  /** What becomes of a run that was interrupted. */
  readonly onInterrupted: (row: { readonly name?: string | undefined }) => "fail" | "requeue";
  /** `undefined` if nobody listens. */
  readonly tell: ((event: HarnessEvent) => void) | undefined;
  /** What a stored lane found out about a job that is no code of this process any more. */
  readonly onLost: (event: PersistedEvent) => void;
}

const defaultLanes: Readonly<Record<string, LaneChoice>> = { default: { maxConcurrent: 4 } };

/** Makes the lanes of a harness. If one cannot be made, none is. */
export function makeLanes(parts: LaneParts): Readonly<Record<string, Lane>> {
  const choices = parts.options.lanes ?? defaultLanes;
  const made = Object.entries(choices).map(
    ([name, choice]) => [name, makeLane(name, choice, parts)] as const,
  );
  return Object.freeze(Object.fromEntries(made));
}

/** Names of the lanes that are made by a function. */
export function ownLanesOf({ lanes = {} }: HarnessOptions): ReadonlySet<string> {
  const names = Object.entries(lanes).flatMap(([name, choice]) =>
    typeof choice === "function" ? [name] : [],
  );
  return new Set(names);
}

/** A lane that takes up what dead processes left. */
export function isRecovering(lane: Lane): lane is PersistedLane {
  return typeof (lane as Partial<PersistedLane>).recover === "function";
}

function makeLane(name: string, choice: LaneChoice, parts: LaneParts): Lane {
  if (typeof choice === "function") return named(name, choice(parts.reconstruct));
  if (isLane(choice)) return persisted(named(name, choice), parts);
  const { tell } = parts;
  const onEvent = tell ? both(tell, choice.onEvent) : choice.onEvent;
  const { logger } = parts.options;
  return persisted(createLane({ logger, ...choice, name, onEvent }), parts);
}

function persisted(inner: Lane, { options, reconstruct, onInterrupted, tell, onLost }: LaneParts): Lane {
  const { store, persist, logger } = options;
  if (!store || isRecovering(inner)) return inner;
  const onEvent = (event: PersistedEvent): void => {
    onLost(event);
    tell?.(event);
  };
  return persistLane(inner, store, { ...persist, reconstruct, onInterrupted, onEvent, logger });
}

/** A job says in which lane it runs by the lane's own name. */
function named(name: string, lane: Lane): Lane {
  if (isLane(lane) && lane.name === name) return lane;
  const received = isLane(lane) ? `one named ${JSON.stringify(lane.name)}` : typeof lane;
  throw new TypeError(
    `Cannot create harness: 'lanes.${name}' must be a lane of that name: received ${received}`,
  );
}

function isLane(choice: unknown): choice is Lane {
  return typeof (Object(choice) as Partial<Lane>).submit === "function";
}

function both<E extends HarnessEvent>(
  tell: (event: HarnessEvent) => void,
  onEvent: LaneOptions["onEvent"],
): (event: E & Parameters<NonNullable<LaneOptions["onEvent"]>>[0]) => unknown {
  return (event) => {
    tell(event);
    return onEvent?.(event);
  };
}
