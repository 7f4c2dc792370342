import { noAnswer } from "../refusals.ts";
import { late, waitAtMost } from "../wait-at-most.ts";
import { withoutCommand } from "./without-command.ts";

/**
 * Waits for an answer of Redis no longer than that.
 *
 * @throws {LaneError} `LANE_STORE_UNKNOWN` if none came: it may have been done, or be done yet.
 */
export async function answered<T>(
  asked: Promise<T>,
  what: string,
  lane: string,
  limitMs: number,
): Promise<T> {
  try {
    return await (limitMs === Number.POSITIVE_INFINITY ? asked : inTime(asked, what, lane, limitMs));
  } catch (error) {
    throw withoutCommand(error);
  }
}

async function inTime<T>(asked: Promise<T>, what: string, lane: string, limitMs: number): Promise<T> {
  asked.catch(() => {});
  const answer = await waitAtMost(asked, limitMs);
  if (answer === late) throw noAnswer(what, lane, limitMs);
  return answer;
}
