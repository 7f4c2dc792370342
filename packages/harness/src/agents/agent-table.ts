import type { AnyAgent } from "./agent.ts";
import { HarnessError } from "../errors.ts";
import type { Parts } from "../parts.ts";
import { show } from "../internal/show.ts";

/** @throws {TypeError} if two agents share a name, or one names a lane that is not there. */
export function makeAgentTable(
  agents: readonly AnyAgent[],
  laneNames: readonly string[],
): ReadonlyMap<string, AnyAgent> {
  if (!Array.isArray(agents)) {
    throw new TypeError(`Cannot create harness: 'agents' must be an array: received ${show(agents)}`);
  }
  const table = new Map<string, AnyAgent>();
  for (const agent of agents) {
    const { name, lane, run } = Object(agent) as Partial<AnyAgent>;
    if (typeof name !== "string" || lane === undefined || typeof run !== "function") {
      throw new TypeError("Cannot create harness: each of 'agents' must be made by defineAgent");
    }
    if (table.has(name)) {
      throw new TypeError(
        `Cannot create harness: 'agents' has two of the name ${JSON.stringify(name)}: names are stored`,
      );
    }
    if (!laneNames.includes(lane)) {
      const known = laneNames.map((each) => JSON.stringify(each)).join(", ");
      throw new TypeError(
        `Cannot create harness: agent "${name}" runs in lane ${JSON.stringify(lane)}: there is ${known || "none"}`,
      );
    }
    table.set(name, agent);
  }
  return table;
}

/**
 * @throws {HarnessError} `HARNESS_UNKNOWN_AGENT`
 * @throws {TypeError} if it is no agent and no name
 */
export function findAgent(
  { agents }: Pick<Parts, "agents">,
  asked: AnyAgent | string,
  action: string,
): AnyAgent {
  const name: unknown = typeof asked === "string" ? asked : asked?.name;
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot ${action}: 'agent' must be an agent or the name of one: received ${show(asked)}`,
    );
  }
  const agent = agents.get(name);
  if (agent) return agent;
  const shown = JSON.stringify(name.slice(0, 80));
  throw new HarnessError("HARNESS_UNKNOWN_AGENT", `Cannot ${action} ${shown}: there is no such agent`);
}
