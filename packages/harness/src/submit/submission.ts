import type { Destination } from "@executus/deliver";
import type { Subject } from "@executus/identity";
import type { AnyAgent } from "../agents/agent.ts";
import { findAgent } from "../agents/agent-table.ts";
import { HarnessError } from "../errors.ts";
import type { SubmitOptions } from "../harness.ts";
import type { Parts } from "../parts.ts";
import { show } from "../internal/show.ts";
import { requireName, requireSignal } from "../require/require-argument.ts";
import { requireSubject } from "../require/require-subject.ts";

/** What was submitted, checked as far as it can be at once. */
export interface Submission {
  readonly agent: AnyAgent;
  readonly given: unknown;
  readonly caller: string;
  readonly subject: Subject | undefined;
  readonly destinations: readonly Destination[];
  readonly priority: number | undefined;
  readonly key: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws {TypeError} naming the option and the value, if one is not valid; also what else refuses a submit at once. */
export function readSubmission(
  parts: Pick<Parts, "agents" | "outbox">,
  asked: AnyAgent | string,
  given: unknown,
  options: SubmitOptions,
): Submission {
  const agent = findAgent(parts, asked, "submit");
  const what = `Cannot submit "${agent.name}":`;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${what} 'options' must be an object with a caller: received ${show(options)}`);
  }
  const { caller, destinations = [], priority, key, signal } = options;
  if (signal !== undefined) requireSignal(signal, `${what} 'signal'`);
  signal?.throwIfAborted();
  if (priority !== undefined) requirePriority(priority, `${what} 'priority'`);
  if (key !== undefined) requireName(key, `${what} 'key'`);
  const list = [destinations].flat();
  for (const destination of list) requireDestination(destination, what);
  if (list.length > 0 && !parts.outbox) {
    throw new HarnessError(
      "HARNESS_NO_OUTBOX",
      `${what} the store keeps no deliveries, so it can have no destination`,
    );
  }
  const subject = typeof caller === "string" ? undefined : caller;
  const name =
    typeof caller === "string"
      ? requireName(caller, `${what} 'caller'`)
      : requireSubject(caller, `${what} 'caller' must be a string or a subject`);
  return { agent, given, caller: name, subject, destinations: list, priority, key, signal };
}

function requirePriority(priority: number, what: string): void {
  const problem = `${what} must be a finite number: received ${show(priority)}`;
  if (typeof priority !== "number") throw new TypeError(problem);
  if (!Number.isFinite(priority)) throw new RangeError(problem);
}

function requireDestination(destination: unknown, what: string): void {
  const { channel, to } = Object(destination) as Partial<Destination>;
  if (typeof channel === "string" && channel !== "" && typeof to === "string") return;
  throw new TypeError(
    `${what} 'destinations' must have a channel and a to: received ${JSON.stringify(destination)}`,
  );
}
