import type { RunRow, RunState } from "@executus/harness";
import type { Placement } from "@executus/lane";
import { memberId } from "../desk/members.ts";
import type { RunProgress } from "../desk/open-runs.ts";
import type { Desk } from "../desk/open-desk.ts";
import { replyFiles } from "../desk/reply-files.ts";

/** Where a run stands, in the words of the API: an open one waits or runs. */
export type ShownState = Exclude<RunState, "open"> | "queued" | "running";

/** A run as the API shows it. */
export interface RunView {
  readonly id: string;
  readonly agent: string;
  readonly caller: string;
  readonly key?: string | undefined;
  readonly state: ShownState;
  readonly createdAt: number;
  readonly endedAt?: number | undefined;
  readonly placement?: Placement | undefined;
  readonly progress?: RunProgress | undefined;
  readonly failure?: RunRow["failure"];
  readonly result?: unknown;
  readonly files?: readonly { readonly name: string; readonly size: number; readonly mediaType: string }[];
}

/** A run in a list: without its result and files. */
export async function runView(desk: Desk, row: RunRow): Promise<RunView> {
  const { runId: id, agent, caller, key, state, createdAt, endedAt, failure } = row;
  const facts = { id, agent, caller: memberId(caller), key, createdAt };
  if (state !== "open") return { ...facts, state, endedAt, failure };
  const placement = await (await desk.harness.run(id))?.placement();
  const shown = shownState(placement);
  return {
    ...facts,
    state: shown,
    placement,
    progress: shown === "queued" ? undefined : await desk.runs.progress(row),
  };
}

/** A run alone. */
export async function wholeRunView(desk: Desk, row: RunRow): Promise<RunView> {
  const view = await runView(desk, row);
  if (row.state !== "finished") return view;
  const result = await (await desk.harness.run(row.runId))?.result;
  const files = (await replyFiles(desk.harness.outbox, row.runId)).map(({ name, size, mediaType }) => ({
    name,
    size,
    mediaType,
  }));
  return { ...view, result, files };
}

/** Of a run that is not ended: what its lane says; one that nobody has taken up yet waits. */
export function shownState(placement: Placement | undefined): ShownState {
  return placement?.state ?? "queued";
}
