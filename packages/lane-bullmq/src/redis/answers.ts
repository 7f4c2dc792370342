import { longestTimerMs } from "../options.ts";
import { noAnswer, refusedByRedis, unanswered } from "../refusals.ts";
import { withoutCommand } from "./without-command.ts";

/** Waits for answers of Redis: none for longer than the lane is patient, or than it is there. */
export class Answers {
  readonly #lane: string;
  readonly #limitMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(lane: string, limitMs: number) {
    this.#lane = lane;
    this.#limitMs = limitMs;
  }

  /** @throws {LaneError} `LANE_STORE_UNKNOWN` if none came, or Redis refused: it may have been done, or be done yet. */
  wait<T>(asked: Promise<T>, what: string): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const tooLate = (): void => giveUp(noAnswer(what, this.#lane, this.#limitMs));
    const timer =
      this.#limitMs === Number.POSITIVE_INFINITY
        ? undefined
        : setTimeout(tooLate, Math.min(this.#limitMs, longestTimerMs));
    const end = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(leave);
    };
    const giveUp = (reason: unknown): void => {
      end();
      reject(reason);
    };
    const leave = (): void => giveUp(unanswered(what, this.#lane));
    this.#waiting.add(leave);
    asked.then(
      (answer) => {
        end();
        resolve(answer);
      },
      (error: unknown) => giveUp(this.coded(error, what)),
    );
    return promise;
  }

  /** What the driver says, as the lane says it; anything else as it is. */
  coded(error: unknown, what: string): unknown {
    return isOfDriver(error) ? refusedByRedis(what, this.#lane, withoutCommand(error)) : error;
  }

  /** There will be no more answers. */
  close(): void {
    for (const leave of this.#waiting) leave();
  }
}

function isOfDriver(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if ("command" in error || name === "ReplyError" || name === "MaxRetriesPerRequestError") return true;
  return /^(Connection is closed|Stream isn't writeable)/.test(message);
}
