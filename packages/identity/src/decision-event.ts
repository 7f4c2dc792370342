import type { Decision } from "./decision.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import type { Party } from "./subject.ts";

/** One line of a decision log: keys, an action and the name of a policy, no labels. */
export interface DecisionEvent extends Decision {
  readonly type: "check-decided";
  /** Epoch milliseconds. */
  readonly at: number;
  /** By `subjectKey`; `undefined` where there was nobody, or nobody who can be named. */
  readonly subject: string | undefined;
  readonly onBehalfOf: readonly (string | undefined)[];
  readonly action: string;
  readonly resource: string | undefined;
}

/** What was asked. */
export interface Asked {
  readonly chain: readonly (Party | undefined)[];
  readonly action: string;
  readonly resource: string | undefined;
}

export function decisionEvent(
  { chain, action, resource }: Asked,
  decision: Decision,
  at: number,
): DecisionEvent {
  const [subject, ...onBehalfOf] = chain.map((party) => party?.key);
  return { type: "check-decided", at, subject, onBehalfOf, action, resource, ...decision };
}

/** Tells a listener; one that throws or rejects is reported. */
export function tell(
  listener: (event: DecisionEvent) => unknown,
  event: DecisionEvent,
  logger: Logger | undefined,
): void {
  const failed = (error: unknown): void => reportProblem(logger, "onEvent of an identity threw", error);
  try {
    const told = listener(event);
    if (told instanceof Promise) told.catch(failed);
  } catch (error) {
    failed(error);
  }
}
