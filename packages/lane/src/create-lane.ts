import { keepShapes } from "./keep-shapes.ts";
import type { Lane } from "./lane.ts";
import { MemoryLane } from "./memory-lane.ts";
import type { LaneOptions } from "./options.ts";
import { anywhere } from "./submission.ts";

/**
 * Makes an in-memory lane.
 *
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const lane = createLane({ name: "llm", maxConcurrent: 4 });
 * const answer = await lane.run(({ signal }) => ask(question, signal), { callerId: "ada" });
 */
export function createLane(options: LaneOptions): Lane {
  anywhere.runInAsyncScope(keepShapes);
  return new MemoryLane(options);
}
