import type { PlacementAnswer, ProgressAnswer } from "../client/answers.ts";

/** `position 2, ~3 s`: 1 is next. */
export function placementText({ position, etaMs, waitingFor }: PlacementAnswer): string {
  if (position === undefined) return "waiting";
  const held = waitingFor === "hold" ? ", the lane is held" : "";
  return `position ${position + 1}${etaText(etaMs)}${held}`;
}

/** `12 of 96 cells, ~3 s`. */
export function progressText({ current = 0, total, etaMs }: ProgressAnswer): string {
  if (total === undefined) return `${current} cells`;
  return `${current} of ${total} cells${etaText(current < total ? etaMs : undefined)}`;
}

function etaText(etaMs: number | undefined): string {
  return etaMs === undefined ? "" : `, ~${Math.max(1, Math.round(etaMs / 1_000))} s`;
}
