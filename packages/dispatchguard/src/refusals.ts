import type { GuardErrorCode, Refusal } from "./errors.ts";
import { type PathEntry, showName } from "./target.ts";

interface Hit {
  readonly limit: number;
  readonly observed: number;
}

function refuse(
  code: GuardErrorCode,
  message: string,
  more: Partial<Hit> & { retryable?: boolean } = {},
): Refusal {
  return { code, ...more, retryable: more.retryable ?? false, message };
}

function notStarted({ id }: PathEntry, why: string): string {
  return `${showName(id)} was not started: ${why}`;
}

const alone = "Finish with your own tools.";

export function tooDeep(target: PathEntry, hit: Hit): Refusal {
  const why =
    hit.limit === 0
      ? "you may not start other agents here."
      : `agents may start one another ${hit.limit} deep, and you are that deep.`;
  return refuse("GUARD_DEPTH", `${notStarted(target, why)} ${alone}`, hit);
}

export function cycle(target: PathEntry, hit: Hit): Refusal {
  const times = hit.limit === 1 ? "" : ` ${hit.observed} times, and ${hit.limit} is the limit`;
  const why = `it is in the chain that leads to you already${times}, so the task would go round in circles.`;
  return refuse("GUARD_CYCLE", `${notStarted(target, why)} ${alone}`, hit);
}

export function waitCycle(target: PathEntry): Refusal {
  const why = "the same work is under way and waits for you, so neither would end.";
  return refuse("GUARD_CYCLE", `${notStarted(target, why)} ${alone}`);
}

export function tooWide(target: PathEntry, hit: Hit): Refusal {
  const why = `you may start ${hit.limit} agents, and have started ${hit.observed}.`;
  return refuse(
    "GUARD_FANOUT",
    `${notStarted(target, why)} Work with what you have, or finish with your own tools.`,
    hit,
  );
}

export function tooMany(target: PathEntry, hit: Hit): Refusal {
  const why = `${hit.limit} agents may work on this task in all, and ${hit.observed} have been started.`;
  return refuse("GUARD_BUDGET", `${notStarted(target, why)} ${alone}`, hit);
}

export function tooBusy(target: PathEntry, hit: Hit): Refusal {
  const why = `${hit.limit} agents may run at once for this task, and ${hit.observed} are running.`;
  const instead = "Wait until one has ended before you try again, or finish with your own tools.";
  return refuse("GUARD_CONCURRENCY", `${notStarted(target, why)} ${instead}`, { ...hit, retryable: true });
}

export function duplicate(target: PathEntry): Refusal {
  const why = "the same call is running already.";
  return refuse("GUARD_DUPLICATE", `${notStarted(target, why)} Use its result instead of asking twice.`, {
    retryable: true,
  });
}

export function overBudget(budget: string, amount: number, hit: Hit): Refusal {
  const why = `the task may use ${hit.limit} of its budget ${showName(budget)}, ${hit.observed} are used or reserved`;
  return refuse(
    "GUARD_BUDGET",
    `Not done: ${why}, and ${amount} more were asked for. Finish with what you have.`,
    hit,
  );
}

export function tooLate(hit: Pick<Hit, "limit">): Refusal {
  return refuse(
    "GUARD_DEADLINE",
    `The time for this task, ${hit.limit} ms, is over. Answer with what you have.`,
    hit,
  );
}

export function ended(): Refusal {
  return refuse(
    "GUARD_CLOSED",
    "The task that this belongs to has ended: nothing more can be started for it. Stop.",
  );
}

export function cancelled(): Refusal {
  return refuse(
    "GUARD_CLOSED",
    "The task that this belongs to was cancelled: nothing more can be started for it. Stop.",
  );
}

export function noRoot(target: PathEntry): Refusal {
  return refuse("GUARD_NO_ROOT", notStarted(target, "it belongs to no task. Finish with your own tools."));
}

/** @param flaw what is wrong: `"its lease has expired"` */
export function badLease(target: PathEntry, flaw: string): Refusal {
  return refuse("GUARD_TOKEN", `${notStarted(target, flaw)}. ${alone}`);
}
