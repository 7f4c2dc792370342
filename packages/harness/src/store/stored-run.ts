import type { Destination } from "@executus/deliver";
import type { Subject } from "@executus/identity";
import type { LiveRun, RunFacts } from "../run/live-run.ts";
import { writeJson } from "../reply/result-text.ts";
import type { NewRun, RunRow } from "./run-store.ts";

/** What is stored of a run besides its own columns. */
interface RunDetails {
  readonly destinations: readonly Destination[];
  readonly priority?: number | undefined;
  readonly subject?: Subject | undefined;
}

/**
 * A run as it is stored: names and JSON.
 *
 * @param given the input as it was given: it is checked by the schema again when the run is built
 * @throws {HarnessError} `HARNESS_INPUT` if the input is not JSON.
 */
export function writeRun(
  { runId, rootRunId, parent, agent, caller, key, destinations, priority, subject }: RunFacts,
  given: unknown,
): NewRun {
  const what = `The input of agent "${agent.name}" is not JSON`;
  const input = writeJson({ value: given }, "HARNESS_INPUT", what);
  const details: RunDetails = { destinations, priority, subject };
  return {
    runId,
    rootRunId,
    parentRunId: parent?.facts.runId,
    agent: agent.name,
    caller,
    key,
    input,
    details: JSON.stringify(details),
  };
}

export function readDetails({ details }: Pick<RunRow, "details">): RunDetails {
  return JSON.parse(details) as RunDetails;
}

export function readInput({ input }: Pick<RunRow, "input">): unknown {
  return (JSON.parse(input) as { readonly value?: unknown }).value;
}

/** A root run from its row. */
export function readFacts(
  row: RunRow,
  built: Pick<RunFacts, "jobId" | "agent" | "input" | "interruptions">,
): RunFacts {
  const { runId, rootRunId, caller, key } = row;
  const { destinations, priority, subject } = readDetails(row);
  const parent: LiveRun | undefined = undefined;
  return { runId, rootRunId, parent, caller, key, destinations, priority, subject, ...built };
}
