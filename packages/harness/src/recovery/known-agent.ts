import type { AnyAgent } from "../agents/agent.ts";
import { HarnessError } from "../errors.ts";
import type { Parts } from "../parts.ts";
import type { RunRow } from "../store/run-store.ts";

/** @throws {HarnessError} `HARNESS_UNKNOWN_AGENT` */
export function knownAgent({ agents }: Parts, { agent: name }: RunRow): AnyAgent {
  const agent = agents.get(name);
  if (agent) return agent;
  throw new HarnessError("HARNESS_UNKNOWN_AGENT", `There is no agent "${name}" any more`);
}
