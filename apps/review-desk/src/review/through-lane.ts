import { fanout } from "@executus/fanout";
import type { Lane } from "@executus/lane";
import type { FanOut } from "./review.ts";

/** Cells as jobs of a lane in memory, where every model is a caller: none starves the others. */
export function throughLane(lane: Lane): FanOut {
  return (files, targets, run, options) =>
    fanout(
      files,
      targets,
      (file, target, { key, signal }) =>
        lane.run(({ signal: jobSignal }) => run(file, target, { signal: jobSignal }), {
          signal,
          callerId: String(key),
        }),
      options,
    );
}
