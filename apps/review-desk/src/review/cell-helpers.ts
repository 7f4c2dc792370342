import type { Telemetry, ToolSet } from "ai";

/** What a cell is given beside its own tools. */
export interface CellHelpers {
  /** Tools that ask other agents. */
  readonly tools: ToolSet;
  /** Watches and guards what the cell's tools do. */
  readonly telemetry: readonly Telemetry[];
}
